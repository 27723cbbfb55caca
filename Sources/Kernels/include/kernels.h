// Kernels: everything that touches many numbers. Row-major float32; sizes in elements; single-threaded; no allocation
// unless the comment says so. A result never depends on how many rows are computed at once: K is summed in one order.
#pragma once
#include "algebra.h"
#include "attention.h"
#include "convolution.h"
#include "convolution2d.h"
#include "depthwise2d.h"
#include "gemm.h"
#include "optimiser.h"
#include "planes.h"
#include "pointwise.h"
#include "process.h"
#include "random.h"
#include "recurrence.h"
#include "signal.h"
#include "strings.h"
