// The few calls of sentencepiece, a C++ library, that cut a text into the pieces of a model. Nothing is thrown across.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csentencepiece_model csentencepiece_model;

/// A model from the bytes of its file (`spiece.model`). NULL where they are none; then `reason` holds why, in at most `room`
/// bytes.
csentencepiece_model *csentencepiece_open(const void *bytes, size_t count, char *reason, size_t room);
void csentencepiece_close(csentencepiece_model *model);
/// How many pieces the model has.
int32_t csentencepiece_count(const csentencepiece_model *model);
/// The number of a piece; that of the unknown one where there is none of that name.
int32_t csentencepiece_find(const csentencepiece_model *model, const char *piece);
/// The numbers of a text's pieces, UTF-8, as memory of `found` numbers that the caller frees. NULL where it failed.
int32_t *csentencepiece_encode(const csentencepiece_model *model, const char *text, size_t count, size_t *found);

#ifdef __cplusplus
}
#endif
