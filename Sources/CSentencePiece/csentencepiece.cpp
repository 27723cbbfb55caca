// sentencepiece behind a C interface.
#include "csentencepiece.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <sentencepiece_processor.h>
#include <string>
#include <vector>

struct csentencepiece_model {
  sentencepiece::SentencePieceProcessor processor;
};

extern "C" csentencepiece_model *csentencepiece_open(const void *bytes, size_t count, char *reason, size_t room) {
  csentencepiece_model *model = nullptr;
  try {
    model = new csentencepiece_model;
    const auto status = model->processor.LoadFromSerializedProto({static_cast<const char *>(bytes), count});
    if (status.ok()) return model;
    std::snprintf(reason, room, "%s", status.ToString().c_str());
  } catch (const std::exception &error) {
    std::snprintf(reason, room, "%s", error.what());
  }
  delete model;
  return nullptr;
}

extern "C" void csentencepiece_close(csentencepiece_model *model) { delete model; }

extern "C" int32_t csentencepiece_count(const csentencepiece_model *model) { return model->processor.GetPieceSize(); }

extern "C" int32_t csentencepiece_find(const csentencepiece_model *model, const char *piece) {
  return model->processor.PieceToId(piece);
}

extern "C" int32_t *csentencepiece_encode(
    const csentencepiece_model *model, const char *text, size_t count, size_t *found) {
  try {
    std::vector<int> ids;
    if (!model->processor.Encode({text, count}, &ids).ok()) return nullptr;
    auto *copy = static_cast<int32_t *>(std::malloc((ids.size() + 1) * sizeof(int32_t)));
    if (!copy) return nullptr;
    for (size_t index = 0; index < ids.size(); index++) copy[index] = ids[index];
    *found = ids.size();
    return copy;
  } catch (const std::exception &) {
    return nullptr;
  }
}
