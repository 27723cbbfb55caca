// What the host says to the plugin, and reads of its answers: MIDI, patch:Set and patch:Get, time:Position.
#include "host.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>
#include <string.h>
#include <unistd.h>


bool put(piano_t *piano, LV2_URID type, int64_t time, const void *body, uint32_t size) {
  uint32_t padded = (size + 7) & ~7u;
  if (16 + piano->input_size + 16 + padded > ROOM) return false;
  uint8_t *event = piano->input + 16 + piano->input_size;
  memcpy(event, &time, 8);
  memcpy(event + 8, &size, 4);
  memcpy(event + 12, &type, 4);
  memcpy(event + 16, body, size);
  memset(event + 16 + size, 0, padded - size);
  piano->input_size += 16 + padded;
  return true;
}

bool midi(piano_t *piano, int64_t time, uint8_t status, uint8_t first, uint8_t second) {
  uint8_t message[3] = {status, first, second};
  return put(piano, urid(LV2_MIDI__MidiEvent), time, message, 3);
}

// An object being written: identity and kind, then its properties.
typedef struct {
  uint8_t bytes[8192];
  uint32_t size;
} object_t;

static object_t object(const char *kind) {
  object_t object = {.size = 8};
  LV2_URID number = urid(kind);
  memcpy(object.bytes + 4, &number, 4);
  return object;
}

static void add(object_t *object, const char *key, const char *type, const void *value, uint32_t size) {
  uint32_t head[4] = {urid(key), 0, size, urid(type)};
  memcpy(object->bytes + object->size, head, 16);
  memcpy(object->bytes + object->size + 16, value, size);
  object->size += 16 + ((size + 7) & ~7u);
}

static bool put_object(piano_t *piano, int64_t time, const object_t *object) {
  return put(piano, urid(LV2_ATOM__Object), time, object->bytes, object->size);
}

bool put_path(piano_t *piano, int64_t time, const char *name, const char *path) {
  object_t message = object(LV2_PATCH__Set);
  LV2_URID number = urid(property(name));
  add(&message, LV2_PATCH__property, LV2_ATOM__URID, &number, 4);
  add(&message, LV2_PATCH__value, LV2_ATOM__Path, path, (uint32_t)strlen(path) + 1);
  return put_object(piano, time, &message);
}

bool put_get(piano_t *piano, int64_t time) {
  object_t message = object(LV2_PATCH__Get);
  return put_object(piano, time, &message);
}

bool put_transport(piano_t *piano, int64_t time, int64_t frame, float speed) {
  object_t message = object(LV2_TIME__Position);
  add(&message, LV2_TIME__frame, LV2_ATOM__Long, &frame, 8);
  add(&message, LV2_TIME__speed, LV2_ATOM__Float, &speed, 4);
  return put_object(piano, time, &message);
}

bool has_said(const piano_t *piano, const char *kind, const char *property, char text[4096]) {
  const uint8_t *answers = piano->notify + ROOM - ((8 + piano->notify_room + 7) & ~7u);
  const LV2_Atom *sequence = (const LV2_Atom *)answers;
  expect(sequence->size <= piano->notify_room, "%u bytes of answers in %u", sequence->size, piano->notify_room);
  LV2_URID wanted = urid(kind), about = property ? urid(property) : 0;
  for (uint32_t at = 16; at + 24 <= 8 + sequence->size;) {
    uint32_t size, found, key, length;
    memcpy(&size, answers + at + 8, 4);
    memcpy(&found, answers + at + 20, 4);
    bool matches = found == wanted && !property;
    for (uint32_t inside = at + 24; inside + 16 <= at + 16 + size; inside += 16 + ((length + 7) & ~7u)) {
      memcpy(&key, answers + inside, 4);
      memcpy(&length, answers + inside + 8, 4);
      expect(inside + 16 + length <= at + 16 + size, "a property that ends beyond its object");
      if (key == urid(LV2_PATCH__property)) matches = found == wanted && !memcmp(answers + inside + 16, &about, 4);
      if (key == urid(LV2_PATCH__value) && text) {
        memcpy(text, answers + inside + 16, length < 4096 ? length : 4096);
        text[length < 4096 ? length : 4095] = 0;
      }
    }
    if (matches) return true;
    at += 16 + ((size + 7) & ~7u);
  }
  return false;
}

const char *ask(piano_t *piano, const char *name, char text[4096]) {
  for (int cycle = 0; cycle < 200; cycle++) {
    put_get(piano, 0);
    run(piano, 64);
    if (has_said(piano, LV2_PATCH__Set, property(name), text)) return text;
    usleep(1000);
  }
  return strcpy(text, "");
}
