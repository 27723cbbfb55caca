# Fotoplayer: what people do with the repository. `make help` lists it.
SHELL := /bin/bash
PREFIX ?= $(HOME)
LV2DIR ?= $(if $(filter $(HOME),$(PREFIX)),$(HOME)/.lv2,$(PREFIX)/lib/lv2)
BUNDLE := build/fotoplayer.lv2
RELEASE := .build/release
SWIFT ?= swift

BUILD_PACKAGES := pkg-config binutils lv2-dev liblilv-dev libsndfile1-dev libsamplerate0-dev libopenblas-dev \
  libavformat-dev libavcodec-dev libswscale-dev libswresample-dev libavutil-dev libcairo2-dev
CHECK_PACKAGES := lilv-utils jalv jackd2 libjack-jackd2-dev sordi valgrind fluidsynth fluid-soundfont-gm

.PHONY: help deps check-deps build bundle portable-trainer demo check test host-tests install uninstall format lint bench docs judge probe clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps:
	@tools/install-packages.sh $(BUILD_PACKAGES)

check-deps: deps
	@tools/install-packages.sh $(CHECK_PACKAGES)

build: deps ## the programs and the plugin, in release
	$(SWIFT) build -c release --product fotoplayer
	$(SWIFT) build -c release --product fotoplayer-train
	$(SWIFT) build -c release --product lv2-perform
	$(SWIFT) build -c release --product FotoplayerPlugin

bundle: build ## build/fotoplayer.lv2, as it is installed
	@rm -rf $(BUNDLE) && mkdir -p $(BUNDLE)/voices
	@cp bundles/*.ttl $(BUNDLE)/
	@strip -o $(BUNDLE)/fotoplayer.so $(RELEASE)/libFotoplayerPlugin.so
	@cp presets/*.safetensors $(BUNDLE)/voices/
	@echo "$(BUNDLE) is ready"

portable-trainer: deps ## build/portable-trainer: trains on machines that have PyTorch and no Swift
	@tools/portable-trainer.sh
	Tests/Hosts/portable.sh build/portable-trainer

demo: bundle ## the plugin performs presets/demo/demo.mid into demo.wav, as in any host
	$(RELEASE)/lv2-perform $(BUNDLE) --score presets/demo/demo.mid --output demo.wav --freewheel --set gain=9
	@echo
	@echo "Listen to demo.wav. Next: make install, and put \"Fotoplayer Piano\" on a MIDI track; or"
	@echo "  $(RELEASE)/fotoplayer render presets/demo/joplin-rag.mid -o rag.wav"

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Benchmarks Package.swift

format: ## the sources, as the project writes them
	$(SWIFT) format --in-place --recursive Sources Tests Benchmarks Package.swift

test: check-deps
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build

# The bundle in real hosts. What needs sound of which the place is known plays clicks instead of a voice.
CLICKS := build/clicks.lv2
host-tests: check-deps bundle
	$(SWIFT) build -c release --product ClickPiano
	@rm -rf $(CLICKS) && mkdir -p $(CLICKS)/voices && cp bundles/*.ttl $(CLICKS)/
	@cp $(RELEASE)/libClickPiano.so $(CLICKS)/fotoplayer.so
	@printf 'CLICK 1' > $(CLICKS)/voices/piano.safetensors && printf 'CLICK 0.5' > $(CLICKS)/voices/soft.safetensors
	Tests/Hosts/bundle.sh $(BUNDLE)
	Tests/Hosts/install.sh .
	Tests/Hosts/realtime.sh $(CLICKS) 4 $(CLICKS)/voices/soft.safetensors /nowhere.safetensors
	Tests/Hosts/realtime.sh $(BUNDLE) 4 /nowhere.safetensors
	Tests/Hosts/jack.sh $(CLICKS) 5
	Tests/Hosts/jack.sh $(BUNDLE) 5

check: check-deps lint bundle host-tests test ## everything that must hold, on a clean clone too

install: bundle ## into ~/.lv2, or PREFIX=/usr/local for everyone; DESTDIR for packagers
	@mkdir -p "$(DESTDIR)$(LV2DIR)" && rm -rf "$(DESTDIR)$(LV2DIR)/fotoplayer.lv2"
	@cp -r $(BUNDLE) "$(DESTDIR)$(LV2DIR)/fotoplayer.lv2"
	@echo "installed: $(DESTDIR)$(LV2DIR)/fotoplayer.lv2"

uninstall: ## what install put there
	@rm -rf "$(DESTDIR)$(LV2DIR)/fotoplayer.lv2" && echo "removed: $(DESTDIR)$(LV2DIR)/fotoplayer.lv2"

bench: bundle ## every speed that the documents claim, with the peers beside it
	@tools/bench.sh

VOICE ?= presets/piano.safetensors
judge: bundle ## other people's ears judge VOICE=… (hours; JUDGE=--quick: minutes; makes its own Python environment)
	@tools/judge/judge.sh --voice $(VOICE) $(JUDGE)

probe: bundle ## the scripted probes of VOICE=… alone
	@tools/judge/judge.sh --voice $(VOICE) --probes-only $(JUDGE)

docs: ## the reference, as HTML, in build/docs
	@tools/docs.sh

clean: ## what was built
	rm -rf .build build demo.wav
