# Fotoplayer: what people do with the repository. `make help` lists it.
SHELL := /bin/bash
PREFIX ?= $(HOME)
LV2DIR ?= $(if $(filter $(HOME),$(PREFIX)),$(HOME)/.lv2,$(PREFIX)/lib/lv2)
MANDIR ?= $(if $(filter $(HOME),$(PREFIX)),$(HOME)/.local/share/man,$(PREFIX)/share/man)
BUNDLE := build/fotoplayer.lv2
RELEASE := .build/release
SWIFT ?= swift
# All traits where there is an MPI, in every build: another set of traits builds everything anew.
TRAITS = $(shell pkg-config --exists $${FOTOPLAYER_MPI:-mpi-c} 2>/dev/null && echo --enable-all-traits)

BUILD_PACKAGES := pkg-config binutils lv2-dev liblilv-dev libsndfile1-dev libsamplerate0-dev libopenblas-dev \
  libavformat-dev libavcodec-dev libswscale-dev libswresample-dev libavutil-dev libcairo2-dev libsentencepiece-dev
CHECK_PACKAGES := lilv-utils jalv jackd2 libjack-jackd2-dev liblo-dev python3 mandoc sordi valgrind fluidsynth fluid-soundfont-gm \
  libopenmpi-dev openmpi-bin
# A large host, 90 MB. Where it cannot be had, the test names it and passes it over; with HOSTS=all none may be missing, and
# with HOSTS=few it is not installed.
LARGE_HOSTS := ardour
export HOSTS

.PHONY: help deps check-deps hosts build bundle portable-trainer demo check test clicks host-tests soak install uninstall format lint bench docs manual judge probe clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps:
	@tools/install-packages.sh $(BUILD_PACKAGES)

check-deps: deps
	@tools/install-packages.sh $(CHECK_PACKAGES)

hosts: check-deps
	@[ "$(HOSTS)" = few ] || tools/install-packages.sh $(LARGE_HOSTS) || [ "$(HOSTS)" != all ]

build: deps ## the programs and the plugin, in release
	$(SWIFT) build $(TRAITS) -c release --product fotoplayer
	$(SWIFT) build $(TRAITS) -c release --product fotoplayer-train
	$(SWIFT) build $(TRAITS) -c release --product lv2-perform
	$(SWIFT) build $(TRAITS) -c release --product FotoplayerPlugin

bundle: build ## build/fotoplayer.lv2, as it is installed
	@rm -rf $(BUNDLE) && mkdir -p $(BUNDLE)/voices
	@cp bundles/*.ttl $(BUNDLE)/
	@strip -o $(BUNDLE)/fotoplayer.so $(RELEASE)/libFotoplayerPlugin.so
	@cp $(filter-out presets/roll.safetensors,$(wildcard presets/*.safetensors)) $(BUNDLE)/voices/
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

# Release tests import what is public. Imports that show what is internal would need other modules than products have, and
# each build would compile everything anew that the other one has.
test: check-deps
	$(SWIFT) test $(TRAITS) -c release --disable-testable-imports

# The bundle in real hosts. What needs sound of which the place is known plays clicks instead of a voice.
CLICKS := build/clicks.lv2
clicks: check-deps
	$(SWIFT) build $(TRAITS) -c release --product ClickPiano
	@rm -rf $(CLICKS) && mkdir -p $(CLICKS)/voices && cp bundles/*.ttl $(CLICKS)/
	@strip -o $(CLICKS)/fotoplayer.so $(RELEASE)/libClickPiano.so
	@cd $(CLICKS)/voices && printf 'CLICK 1' > piano.safetensors && printf 'CLICK 0.5' > soft.safetensors && \
	  printf 'TONES 0.001' > tones.safetensors && printf 'SICK 1' > sick.safetensors && printf 'SLOW 0.01 14' > slow.safetensors
	@cp presets/demo/demo.mid $(CLICKS)/voices/score.mid

# The clicks once more for each sanitizer, which is in the library and in the host that loads it.
SANITIZED := build/address.lv2 build/thread.lv2
$(SANITIZED): build/%.lv2: clicks
	FOTOPLAYER_WATCHED=1 $(SWIFT) build --sanitize=$* --scratch-path .build/$* --product ClickPiano
	@rm -rf $@ && cp -r $(CLICKS) $@ && cp .build/$*/debug/libClickPiano.so $@/fotoplayer.so

host-tests: hosts bundle clicks $(SANITIZED)
	$(SWIFT) build $(TRAITS) -c release --product host-tool
	Tests/Hosts/bundle.sh $(BUNDLE)
	Tests/Hosts/install.sh .
	Tests/Hosts/jack.sh $(CLICKS) 5
	Tests/Hosts/jack.sh $(BUNDLE) 5
	Tests/Hosts/hosts.sh $(BUNDLE) $(RELEASE)
	Tests/Hosts/torture.sh $(CLICKS) $(BUNDLE) $(SANITIZED)
	Tests/Hosts/jack-play.sh $(RELEASE)/fotoplayer
	Tests/Hosts/jack-film.sh $(RELEASE)/fotoplayer $(RELEASE)/fotoplayer-train presets/roll.safetensors
	Tests/Hosts/jack-host.sh $(RELEASE)/fotoplayer presets/piano-light.safetensors presets/demo/joplin-rag.mid
	Tests/Hosts/foley.sh $(BUNDLE) $(RELEASE)
	Tests/Hosts/chain.sh $(RELEASE)/fotoplayer-train
	tools/manual.py --check $(MANUAL)
	mandoc -T lint -W error docs/man/*.1

SOAK ?= 3600
soak: check-deps bundle ## a random walk at the pace of the clock: SOAK=3600 seconds, SEED=1
	Tests/Hosts/torture.sh --soak $(BUNDLE) $(SOAK)

check: check-deps lint bundle host-tests test ## everything that must hold, on a clean clone too

install: bundle ## the plugin and the manual pages, into your home, or PREFIX=/usr/local for everyone; DESTDIR for packagers
	@mkdir -p "$(DESTDIR)$(LV2DIR)" && rm -rf "$(DESTDIR)$(LV2DIR)/fotoplayer.lv2"
	@cp -r $(BUNDLE) "$(DESTDIR)$(LV2DIR)/fotoplayer.lv2"
	@mkdir -p "$(DESTDIR)$(MANDIR)/man1" && cp docs/man/*.1 "$(DESTDIR)$(MANDIR)/man1/"
	@echo "installed: $(DESTDIR)$(LV2DIR)/fotoplayer.lv2"

uninstall: ## what install put there
	@cd docs/man && for page in *.1; do rm -f "$(DESTDIR)$(MANDIR)/man1/$$page"; done
	@rm -rf "$(DESTDIR)$(LV2DIR)/fotoplayer.lv2" && echo "removed: $(DESTDIR)$(LV2DIR)/fotoplayer.lv2"

bench: bundle ## every speed that the documents claim, with the peers beside it
	@TRAITS="$(TRAITS)" tools/bench.sh

VOICE ?= presets/piano.safetensors
judge: bundle ## other people's ears judge VOICE=… (hours; JUDGE=--quick: minutes; makes its own Python environment)
	@tools/judge/judge.sh --voice $(VOICE) $(JUDGE)

probe: bundle ## the scripted probes of VOICE=… alone
	@tools/judge/judge.sh --voice $(VOICE) --probes-only $(JUDGE)

# What the manual pages are made from.
MANUAL := $(RELEASE)/fotoplayer $(RELEASE)/fotoplayer-train $(RELEASE)/lv2-perform
manual: build ## the manual pages in docs/man, from what the programs say of themselves
	@tools/manual.py $(MANUAL)

docs: ## the reference, as HTML, in build/docs
	@tools/docs.sh

clean: ## what was built
	rm -rf .build build demo.wav
