// Convolutions over rows and columns as products over panels. A group of neighbouring results is one row of a product
// whose weights hold the kernel once for each of them, moved: sixteen outputs then fill a panel of 32 as two results.
#include "convolution2d.h"
#include "algebra.h"
#include "scratch.h"
#include "tiles.h"
#include <string.h>

enum { panel = 32 };

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t larger(size_t a, size_t b) { return a > b ? a : b; }
/// ⌊a/b⌋ and ⌈a/b⌉ for b > 0, of negative a as well.
static ptrdiff_t floored(ptrdiff_t a, ptrdiff_t b) { return a / b - (a % b < 0); }
static ptrdiff_t ceiled(ptrdiff_t a, ptrdiff_t b) { return -floored(-a, b); }

static size_t produced(size_t size, size_t padding, size_t reach, size_t stride) {
  return size + 2 * padding < reach ? 0 : (size + 2 * padding - reach) / stride + 1;
}
size_t fp_convolution2d_rows(const fp_convolution2d_shape *s) {
  return produced(s->rows, s->row_padding, (s->row_taps - 1) * s->row_dilation + 1, s->row_stride);
}
size_t fp_convolution2d_columns(const fp_convolution2d_shape *s) {
  return produced(s->columns, s->column_padding, s->column_taps, s->column_stride);
}

/// How a row of results comes from a row of x: group j of `group` columns sees `window` columns of x from first + j·step.
typedef struct {
  size_t from_columns, from_channels, to_columns, to_channels, group, step, window;
  ptrdiff_t first;
  size_t width, depth;   ///< of the product: group·to_channels, window·from_channels
  size_t low, high;      ///< the groups whose window lies inside of x, and that are whole
  size_t groups, edges;  ///< all groups, and those that are not between low and high
  size_t packed;         ///< floats of the weights of one row tap
} strip;

static void complete(strip *s) {
  s->width = s->group * s->to_channels;
  s->depth = s->window * s->from_channels;
  s->groups = (s->to_columns + s->group - 1) / s->group;
  s->low = smaller(s->groups, s->first < 0 ? (size_t)ceiled(-s->first, (ptrdiff_t)s->step) : 0);
  ptrdiff_t last = floored((ptrdiff_t)s->from_columns - (ptrdiff_t)s->window - s->first, (ptrdiff_t)s->step);
  s->high = larger(s->low, smaller(s->to_columns / s->group, last < 0 ? 0 : (size_t)last + 1));
  s->edges = s->groups - (s->high - s->low);
  s->packed = (s->width + panel - 1) / panel * panel * s->depth;
}

/// The group of an edge, counted from the first row's beginning.
static size_t group_of(const strip *s, size_t edge) { return edge < s->low ? edge : edge - s->low + s->high; }

/// The windows of the edges, with zeros where they reach beyond x.
static void gather_edges(const strip *s, const float *from, float *windows) {
  memset(windows, 0, s->edges * s->depth * sizeof(float));
  for (size_t e = 0; e < s->edges; e++) {
    ptrdiff_t begin = s->first + (ptrdiff_t)(group_of(s, e) * s->step), end = begin + (ptrdiff_t)s->window;
    size_t skipped = begin < 0 ? (size_t)-begin : 0;
    if (end > (ptrdiff_t)s->from_columns) end = (ptrdiff_t)s->from_columns;
    if (begin + (ptrdiff_t)skipped < end)
      memcpy(windows + e * s->depth + skipped * s->from_channels,
             from + (begin + (ptrdiff_t)skipped) * (ptrdiff_t)s->from_channels,
             (size_t)(end - begin - (ptrdiff_t)skipped) * s->from_channels * sizeof(float));
  }
}

/// to += the part of a row of results that one row of x gives; of the edges into memory of their own.
static void add_row(const strip *s, const float *from, const float *packed, float *to, float *windows, float *edges) {
  const fp_tiles *tiles = fp_tiles_of_this_machine();
  size_t step = s->step * s->from_channels;
  const float *inside = from + (s->first + (ptrdiff_t)(s->low * s->step)) * (ptrdiff_t)s->from_channels;
  if (s->edges) gather_edges(s, from, windows);
  for (size_t j = 0; j < s->width; j += panel, packed += panel * s->depth) {
    size_t width = smaller(panel, s->width - j);
    if (s->high > s->low)
      fp_tile_rows(tiles, fp_f32, s->high - s->low, width, s->depth, inside, step, 1, packed,
                   to + s->low * s->width + j, s->width, true);
    if (s->edges)
      fp_tile_rows(tiles, fp_f32, s->edges, width, s->depth, windows, s->depth, 1, packed, edges + j, s->width, true);
  }
}

/// Adds the edges, when all rows of x are in.
static void add_edges(const strip *s, const float *edges, float *to) {
  for (size_t e = 0; e < s->edges; e++) {
    size_t at = group_of(s, e) * s->group;
    fp_accumulate(smaller(s->group, s->to_columns - at) * s->to_channels, edges + e * s->width, to + at * s->to_channels);
  }
}

static strip strip_of(const fp_convolution2d_shape *s) {
  size_t columns = fp_convolution2d_columns(s);
  strip p = {s->columns, s->channels, columns, s->outputs};
  p.group = smaller(columns, larger(1, panel / s->outputs));
  p.step = p.group * s->column_stride;
  p.window = s->column_taps + (p.group - 1) * s->column_stride;
  p.first = -(ptrdiff_t)s->column_padding;
  complete(&p);
  return p;
}

/// `wide` has room for a row tap's weights, width·depth.
static void pack_taps(const fp_convolution2d_shape *s, const strip *p, const float *weight, float *wide,
                      float *packed) {
  size_t n = s->channels;
  for (size_t q = 0; q < s->row_taps; q++) {
    memset(wide, 0, p->width * p->depth * sizeof(float));
    for (size_t i = 0; i < p->group; i++)
      for (size_t o = 0; o < s->outputs; o++)
        memcpy(wide + (i * s->outputs + o) * p->depth + i * s->column_stride * n,
               weight + (o * s->row_taps + q) * s->column_taps * n, s->column_taps * n * sizeof(float));
    fp_pack(fp_f32, p->width, p->depth, wide, packed + q * p->packed);
  }
}

/// Whether row t of y sees a row of x through row tap q, and which.
static bool sees(const fp_convolution2d_shape *s, size_t t, size_t q, size_t *row) {
  *row = t * s->row_stride + q * s->row_dilation - s->row_padding;
  return t * s->row_stride + q * s->row_dilation >= s->row_padding && *row < s->rows;
}

/// One picture, row by row: the weights stay in a cache. `windows` and `edges` have room for those of a row.
static void by_rows(const fp_convolution2d_shape *s, const strip *p, const float *x, const float *packed, float *y,
                    float *windows, float *edges) {
  size_t rows = fp_convolution2d_rows(s);
  for (size_t t = 0, row; t < rows; t++, y += p->to_columns * s->outputs) {
    memset(edges, 0, p->edges * p->width * sizeof(float));
    for (size_t q = 0; q < s->row_taps; q++)
      if (sees(s, t, q, &row))
        add_row(p, x + row * s->columns * s->channels, packed + q * p->packed, y, windows, edges);
    add_edges(p, edges, y);
  }
}

/// One picture, panel by panel of weights that are too many for a cache: the picture stays in it. Its rows' edges are one
/// product. `windows` and `edges` have room for those of all rows.
static void by_panels(const fp_convolution2d_shape *s, const strip *p, const float *x, const float *packed, float *y,
                      float *windows, float *edges) {
  const fp_tiles *tiles = fp_tiles_of_this_machine();
  size_t rows = fp_convolution2d_rows(s), length = s->columns * s->channels, row;
  ptrdiff_t inside = (p->first + (ptrdiff_t)(p->low * p->step)) * (ptrdiff_t)s->channels;
  memset(edges, 0, rows * p->edges * p->width * sizeof(float));
  for (size_t q = 0; q < s->row_taps; q++) {
    size_t begin = 0;
    while (begin < rows && !sees(s, begin, q, &row)) begin++;
    size_t end = begin;
    for (; end < rows && sees(s, end, q, &row); end++)
      if (p->edges) gather_edges(p, x + row * length, windows + end * p->edges * p->depth);
    for (size_t j = 0; j < p->width && begin < end; j += panel) {
      size_t width = smaller(panel, p->width - j);
      const float *weights = packed + q * p->packed + j * p->depth;
      for (size_t t = begin; p->high > p->low && t < end; t++) {
        sees(s, t, q, &row);
        fp_tile_rows(tiles, fp_f32, p->high - p->low, width, p->depth, x + row * length + inside,
                     p->step * s->channels, 1, weights, y + t * p->to_columns * s->outputs + p->low * p->width + j,
                     p->width, true);
      }
      if (p->edges)
        fp_tile_rows(tiles, fp_f32, (end - begin) * p->edges, width, p->depth, windows + begin * p->edges * p->depth,
                     p->depth, 1, weights, edges + begin * p->edges * p->width + j, p->width, true);
    }
  }
  for (size_t t = 0; t < rows; t++)
    add_edges(p, edges + t * p->edges * p->width, y + t * p->to_columns * s->outputs);
}

/// Bytes of a row tap's weights that are read for every row.
enum { cached = 1 << 17 };

/// Rows whose edges are held at a time.
static size_t rows_held(const fp_convolution2d_shape *s, const strip *p) {
  return p->packed * sizeof(float) > cached ? fp_convolution2d_rows(s) : 1;
}
/// Floats of working memory.
static size_t room(const fp_convolution2d_shape *s, const strip *p) {
  return rows_held(s, p) * p->edges * (p->depth + p->width);
}

static void convolve(const fp_convolution2d_shape *s, const strip *p, const float *x, const float *packed,
                     const float *bias, float *y, float *windows) {
  size_t places = fp_convolution2d_rows(s) * fp_convolution2d_columns(s), at_once = rows_held(s, p);
  float *edges = windows + at_once * p->edges * p->depth;
  for (size_t b = 0; b < s->batch; b++, x += s->rows * s->columns * s->channels, y += places * s->outputs) {
    for (size_t place = 0; place < places; place++)
      if (bias)
        memcpy(y + place * s->outputs, bias, s->outputs * sizeof(float));
      else
        memset(y + place * s->outputs, 0, s->outputs * sizeof(float));
    (at_once > 1 ? by_panels : by_rows)(s, p, x, packed, y, windows, edges);
  }
}

void fp_convolution2d(const fp_convolution2d_shape *s, const float *x, const float *weight, const float *bias,
                      float *y) {
  if (fp_convolution2d_rows(s) == 0 || fp_convolution2d_columns(s) == 0) return;
  strip p = strip_of(s);
  size_t wide = p.width * p.depth;
  float *windows = scratch(s->row_taps * p.packed + larger(wide, room(s, &p)));
  float *packed = windows + larger(wide, room(s, &p));
  pack_taps(s, &p, weight, windows, packed);
  convolve(s, &p, x, packed, bias, y, windows);
}

size_t fp_convolution2d_packed_count(const fp_convolution2d_shape *s) { return s->row_taps * strip_of(s).packed; }

void fp_convolution2d_pack(const fp_convolution2d_shape *s, const float *weight, float *packed) {
  strip p = strip_of(s);
  pack_taps(s, &p, weight, scratch(p.width * p.depth), packed);
}

void fp_convolution2d_packed(const fp_convolution2d_shape *s, const float *x, const float *packed, const float *bias,
                             float *y) {
  if (fp_convolution2d_rows(s) == 0 || fp_convolution2d_columns(s) == 0) return;
  strip p = strip_of(s);
  convolve(s, &p, x, packed, bias, y, scratch(room(s, &p)));
}

/// The row of y that sees row r of x through row tap q; false when none does.
static bool seen_by(const fp_convolution2d_shape *s, size_t rows, size_t r, size_t q, size_t *t) {
  size_t at = r + s->row_padding, before = q * s->row_dilation;
  if (at < before || (at - before) % s->row_stride) return false;
  *t = (at - before) / s->row_stride;
  return *t < rows;
}

void fp_convolution2d_to_input(const fp_convolution2d_shape *s, const float *upstream, const float *weight,
                               float *dx) {
  size_t rows = fp_convolution2d_rows(s), columns = fp_convolution2d_columns(s), n = s->channels;
  ptrdiff_t stride = (ptrdiff_t)s->column_stride, padding = (ptrdiff_t)s->column_padding;
  memset(dx, 0, s->batch * s->rows * s->columns * n * sizeof(float));
  if (rows == 0 || columns == 0) return;
  // Columns f of y see column u of x through tap u + padding − f·stride; a group is a whole number of strides.
  strip p = {columns, s->outputs, s->columns, n};
  p.step = smaller((s->columns + s->column_stride - 1) / s->column_stride, larger(1, panel / (s->column_stride * n)));
  p.group = p.step * s->column_stride;
  p.first = ceiled(padding - (ptrdiff_t)s->column_taps + 1, stride);
  p.window = (size_t)(floored((ptrdiff_t)p.group - 1 + padding, stride) - p.first + 1);
  complete(&p);
  float *packed = scratch(s->row_taps * p.packed + p.width * p.depth + p.edges * (p.depth + p.width));
  float *wide = packed + s->row_taps * p.packed, *windows = wide + p.width * p.depth;
  float *edges = windows + p.edges * p.depth;
  for (size_t q = 0; q < s->row_taps; q++) {
    for (size_t i = 0; i < p.group; i++)
      for (size_t e = 0; e < p.window; e++) {
        ptrdiff_t tap = (ptrdiff_t)i + padding - (p.first + (ptrdiff_t)e) * stride;
        bool sees = tap >= 0 && tap < (ptrdiff_t)s->column_taps;
        const float *from = weight + (q * s->column_taps + (size_t)(sees ? tap : 0)) * n;
        for (size_t c = 0; c < n; c++)
          for (size_t o = 0; o < s->outputs; o++)
            wide[(i * n + c) * p.depth + e * s->outputs + o] =
                sees ? from[o * s->row_taps * s->column_taps * n + c] : 0;
      }
    fp_pack(fp_f32, p.width, p.depth, wide, packed + q * p.packed);
  }
  for (size_t b = 0; b < s->batch; b++, upstream += rows * columns * s->outputs)
    for (size_t r = 0; r < s->rows; r++, dx += s->columns * n) {
      memset(edges, 0, p.edges * p.width * sizeof(float));
      for (size_t q = 0, t; q < s->row_taps; q++)
        if (seen_by(s, rows, r, q, &t))
          add_row(&p, upstream + t * columns * s->outputs, packed + q * p.packed, dx, windows, edges);
      add_edges(&p, edges, dx);
    }
}

void fp_convolution2d_to_weight(const fp_convolution2d_shape *s, const float *x, const float *upstream,
                                float *dweight) {
  size_t rows = fp_convolution2d_rows(s), columns = fp_convolution2d_columns(s), n = s->channels;
  size_t window = s->column_taps * n, length = s->row_taps * window;
  memset(dweight, 0, s->outputs * length * sizeof(float));
  if (rows == 0 || columns == 0) return;
  size_t padding = s->column_padding * n, width = s->columns * n;
  float *padded = scratch(width + 2 * padding);
  memset(padded, 0, (width + 2 * padding) * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, upstream += rows * columns * s->outputs)
    for (size_t r = 0; r < s->rows; r++, x += width) {
      memcpy(padded + padding, x, width * sizeof(float));
      for (size_t q = 0, t; q < s->row_taps; q++)
        if (seen_by(s, rows, r, q, &t))
          fp_gemm(true, false, s->outputs, window, columns, upstream + t * columns * s->outputs, s->outputs, padded,
                  s->column_stride * n, dweight + q * window, length, true);
    }
}
