// bench-kernels: products of this engine beside OpenBLAS, in percent of what the processor's core can do at most.
import Benchmarking
import COpenBLAS
import Foundation
import Kernels

@main enum BenchKernels {
  static func main() {
    openblas_set_num_threads(1)
    let peak = Peak.arithmetic()
    let stream = Peak.reading(bytes: 4 << 20)
    print("Packed products, one thread. Peak of a core, measured in the same run: \(digits(peak / 1e9)) GF/s;")
    print("reading 4 MB over and over: \(digits(stream / 1e9)) GB/s.\n")
    print(
      row("rows × in × out", "engine", "GF/s, best", "median", "% of peak", "OpenBLAS's time / ours, best", "median"))
    print(row("---", "---", "---", "---", "---", "---", "---"))
    for (m, k, n) in [
      (8, 1024, 1024), (250, 448, 448), (3600, 192, 768), (2, 404, 128), (2, 128, 384), (1, 1024, 1024),
    ] {
      Product(m: m, n: n, k: k).report(peak)
    }
  }
}

/// c[m,n] = a[m,k]·wᵀ with a constant weight.
struct Product {
  let m: Int, n: Int, k: Int

  func report(_ peak: Double) {
    let a = numbers(m * k)
    let w = numbers(n * k)
    let c = UnsafeMutablePointer<Float>.allocate(capacity: m * n)
    let times = race([
      Contestant("packed f32", packed(fp_f32, a, w, c)),
      Contestant("packed bf16", packed(fp_bf16, a, w, c)),
      Contestant("unpacked", { [m, n, k] in fp_gemm(false, true, m, n, k, a, k, w, k, c, n, false) }),
      Contestant("OpenBLAS") { [m, n, k] in
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(k), w,
          blasint(k), 0, c, blasint(n))
      },
    ])
    let work = 2 * Double(m * n * k)
    for one in times {
      print(
        row(
          "\(m)×\(k)×\(n)", one.name, digits(work / one.minimum / 1e9), digits(work / one.median / 1e9),
          digits(100 * work / one.minimum / peak, 0), digits(times[3].minimum / one.minimum, 2),
          digits(times[3].median / one.median, 2)))
    }
  }

  private func packed(
    _ type: fp_type, _ a: UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) -> () -> Void {
    let weight = UnsafeMutableRawPointer.allocate(byteCount: fp_packed_bytes(type, n, k), alignment: 64)
    fp_pack(type, n, k, w, weight)
    return { [m, n, k] in fp_linear(type, m, n, k, a, k, weight, nil, fp_identity, c, n) }
  }

  private func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
    let numbers = UnsafeMutablePointer<Float>.allocate(capacity: count)
    fp_normal(1, 1, 0, numbers, count)
    return numbers
  }
}
