// libav's headers, and as functions what of them Swift cannot see: macros, and what changed between FFmpeg 5 and 7.
#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/cpu.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static inline int64_t fp_no_time(void) { return AV_NOPTS_VALUE; }
static inline int fp_error_again(void) { return AVERROR(EAGAIN); }
static inline int fp_error_end(void) { return AVERROR_EOF; }
static inline int fp_error_invalid(void) { return AVERROR_INVALIDDATA; }
static inline int fp_quality_to_lambda(void) { return FF_QP2LAMBDA; }

// What a stream's packets say beside their bytes moved into codecpar in FFmpeg 6.1.
#define FP_SIDE_DATA_IN_PARAMETERS (LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100))

/// The nine numbers that turn a stream's pictures, or null.
static inline const int32_t *fp_stream_matrix(const AVStream *stream) {
#if FP_SIDE_DATA_IN_PARAMETERS
  const AVPacketSideData *data = av_packet_side_data_get(
    stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
  size_t size = 0;
  const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

/// The nine numbers that a decoded picture itself brings, or null.
static inline const int32_t *fp_frame_matrix(const AVFrame *frame) {
  const AVFrameSideData *data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
}

/// Gives `to` what is known of `from`: codec, sizes, colours, matrices. An error below zero.
static inline int fp_copy_stream(AVStream *to, const AVStream *from) {
  int error = avcodec_parameters_copy(to->codecpar, from->codecpar);
  if (error < 0) return error;
#if !FP_SIDE_DATA_IN_PARAMETERS
  for (int i = 0; i < from->nb_side_data; i++) {
    uint8_t *data = av_stream_new_side_data(to, from->side_data[i].type, from->side_data[i].size);
    if (!data) return AVERROR(ENOMEM);
    memcpy(data, from->side_data[i].data, from->side_data[i].size);
  }
#endif
  to->sample_aspect_ratio = from->sample_aspect_ratio;
  to->avg_frame_rate = from->avg_frame_rate;
  to->r_frame_rate = from->r_frame_rate;
  to->time_base = from->time_base;
  to->disposition = from->disposition;
  return av_dict_copy(&to->metadata, from->metadata, 0);
}

/// A matrix for the stream that turns its pictures.
static inline int fp_set_stream_matrix(AVStream *stream, const int32_t matrix[9]) {
#if FP_SIDE_DATA_IN_PARAMETERS
  AVPacketSideData *data = av_packet_side_data_new(
    &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX, 36, 0);
  if (!data) return AVERROR(ENOMEM);
  memcpy(data->data, matrix, 36);
#else
  uint8_t *data = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36);
  if (!data) return AVERROR(ENOMEM);
  memcpy(data, matrix, 36);
#endif
  return 0;
}

/// Pictures of one size and kind into another, the same bits on every processor. `full`: black is 0 and white 255.
/// `colours` as in AVColorSpace. Null where that cannot be.
static inline void *fp_scaler(
  int width, int height, enum AVPixelFormat format, int full, int colours,
  int to_width, int to_height, enum AVPixelFormat to_format, int to_full, int to_colours) {
  struct SwsContext *scaler = sws_getContext(
    width, height, format, to_width, to_height, to_format,
    SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT, NULL, NULL, NULL);
  if (!scaler) return NULL;
  sws_setColorspaceDetails(
    scaler, sws_getCoefficients(colours), full, sws_getCoefficients(to_colours), to_full, 0, 1 << 16, 1 << 16);
  return scaler;
}
static inline int fp_scale(void *scaler, const AVFrame *from, AVFrame *to) {
  return sws_scale(
    (struct SwsContext *)scaler, (const uint8_t *const *)from->data, from->linesize, 0, from->height, to->data,
    to->linesize);
}
static inline void fp_free_scaler(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

/// Sound of one layout, format and rate into another; null where that cannot be.
static inline void *fp_resampler(
  const AVChannelLayout *layout, int format, int rate, const AVChannelLayout *to_layout, int to_format, int to_rate) {
  struct SwrContext *resampler = NULL;
  if (swr_alloc_set_opts2(
        &resampler, (AVChannelLayout *)to_layout, (enum AVSampleFormat)to_format, to_rate, (AVChannelLayout *)layout,
        (enum AVSampleFormat)format, rate, 0, NULL) < 0)
    return NULL;
  if (swr_init(resampler) < 0) swr_free(&resampler);
  return resampler;
}
/// How many samples a channel come out at most when `count` more go in.
static inline int64_t fp_resampled_at_most(void *resampler, int count) {
  return swr_get_out_samples((struct SwrContext *)resampler, count);
}
/// `from` null: what is still inside. Samples a channel that came out, or an error below zero.
static inline int fp_resample(
  void *resampler, uint8_t *const *to, int room, const uint8_t *const *from, int count) {
  return swr_convert((struct SwrContext *)resampler, (uint8_t **)to, room, (const uint8_t **)from, count);
}
static inline void fp_free_resampler(void *resampler) {
  struct SwrContext *context = (struct SwrContext *)resampler;
  swr_free(&context);
}

/// The rate that an encoder takes nearest to `rate` and not below it, else its highest.
static inline int fp_encoder_rate(const AVCodec *encoder, int rate) {
  int best = 0, highest = 0;
  if (!encoder->supported_samplerates) return rate;
  for (const int *each = encoder->supported_samplerates; *each; each++) {
    if (*each >= rate && (best == 0 || *each < best)) best = *each;
    if (*each > highest) highest = *each;
  }
  return best ? best : highest;
}
/// The first sample format that an encoder takes.
static inline enum AVSampleFormat fp_encoder_samples(const AVCodec *encoder) {
  return encoder->sample_fmts ? encoder->sample_fmts[0] : AV_SAMPLE_FMT_FLT;
}

/// Samples of a frame into a queue, and out of it: how many, or an error below zero.
static inline int fp_queue_write(AVAudioFifo *queue, AVFrame *from, int count) {
  return av_audio_fifo_write(queue, (void **)from->extended_data, count);
}
static inline int fp_queue_read(AVAudioFifo *queue, AVFrame *to, int count) {
  return av_audio_fifo_read(queue, (void **)to->extended_data, count);
}
