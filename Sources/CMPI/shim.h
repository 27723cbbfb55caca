// What a training needs of MPI, as functions: its handles are macros, which Swift cannot see, and differ from one MPI to another.
// Every function returns MPI's error code, 0 where all is well; `cmpi_reason` has the words for it.
#pragma once
#include <mpi.h>
#include <stddef.h>

/// The processes of one training, under a communicator of its own.
typedef struct {
  MPI_Comm communicator;
} cmpi_world;
/// Something under way.
typedef struct {
  MPI_Request request;
} cmpi_request;

/// Joins the other processes. Errors are returned from here on. `neighbour`: the number among those on the same machine.
static inline int cmpi_begin(cmpi_world *world, int *rank, int *count, int *neighbour) {
  int threads = 0;
  MPI_Comm machine;
  int error = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &threads);
  if (!error) error = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (!error) error = MPI_Comm_dup(MPI_COMM_WORLD, &world->communicator);
  if (!error) error = MPI_Comm_set_errhandler(world->communicator, MPI_ERRORS_RETURN);
  if (!error) error = MPI_Comm_rank(world->communicator, rank);
  if (!error) error = MPI_Comm_size(world->communicator, count);
  if (!error) error = MPI_Comm_split_type(world->communicator, MPI_COMM_TYPE_SHARED, *rank, MPI_INFO_NULL, &machine);
  if (!error) error = MPI_Comm_rank(machine, neighbour);
  if (!error) error = MPI_Comm_free(&machine);
  return error;
}

/// The orderly end, which every process must come to.
static inline int cmpi_end(void) { return MPI_Finalize(); }

/// Begins to send bytes, which must stay until that is done.
static inline int cmpi_send(
  const cmpi_world *world, const void *bytes, int count, int to, int tag, cmpi_request *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, to, tag, world->communicator, &request->request);
}

/// Begins to receive at most `count` bytes, of one rank, or of any where `from` is below zero.
static inline int cmpi_receive(
  const cmpi_world *world, void *bytes, int count, int from, int tag, cmpi_request *request) {
  return MPI_Irecv(
    bytes, count, MPI_BYTE, from < 0 ? MPI_ANY_SOURCE : from, tag, world->communicator, &request->request);
}

/// Whether it is done, and of a receipt from whom it came. What is done is over, and not asked for again.
static inline int cmpi_test(cmpi_request *request, int *is_done, int *source) {
  MPI_Status status;
  int error = MPI_Test(&request->request, is_done, &status);
  if (!error && *is_done) *source = status.MPI_SOURCE;
  return error;
}

/// Receives no more.
static inline void cmpi_cancel(cmpi_request *request) {
  if (!MPI_Cancel(&request->request)) MPI_Wait(&request->request, MPI_STATUS_IGNORE);
}

/// An error in words, in at least MPI_MAX_ERROR_STRING bytes.
static inline void cmpi_reason(int error, char *text) {
  int length = 0;
  if (MPI_Error_string(error, text, &length)) text[0] = 0;
}
static inline int cmpi_reason_length(void) { return MPI_MAX_ERROR_STRING; }
