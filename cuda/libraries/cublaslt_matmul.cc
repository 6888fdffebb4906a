// SPDX-License-Identifier: Apache-2.0
// The matrix product, alone or with bias and activation, by cuBLASLt.
#include <memory>

#include "core/ops/affine.h"
#include "core/ops/matmul.h"
#include "cuda/context.h"
#include "cuda/handles.h"
#include "cuda/libraries/cublaslt.h"
#include "cuda/libraries/epilogue.h"
#include "cuda/libraries/workspace.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

constexpr std::uint64_t kMostWorkspace = std::uint64_t{32} << 20;
/// What the planner and the allocators promise.
constexpr std::uint32_t kAlignment = 64;

/// An object of the library that is made and destroyed by a pair of its functions.
template <typename Handle, auto CublasLt::*kDestroy>
class Owned {
 public:
  Owned() = default;
  ~Owned() {
    if (handle_ != nullptr) (cublaslt().*kDestroy)(handle_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  Handle get() const { return handle_; }
  Handle* out() { return &handle_; }

 private:
  Handle handle_ = nullptr;
};

using Operation = Owned<cublasLtMatmulDesc_t, &CublasLt::cublasLtMatmulDescDestroy>;
using Layout = Owned<cublasLtMatrixLayout_t, &CublasLt::cublasLtMatrixLayoutDestroy>;
using Preference = Owned<cublasLtMatmulPreference_t, &CublasLt::cublasLtMatmulPreferenceDestroy>;

/// Multiplies row-major matrices. The library's are column-major: what it sees in the memory of y [m, n] is yᵀ [n, m],
/// so it is asked for yᵀ = op(b)ᵀ · op(a)ᵀ, in which b comes first and neither needs another transpose than its own.
class Product {
 public:
  Product(const Problem& problem, const ops::MatmulAttributes& attributes)
      : library_(cublaslt_handle(context_of(problem))) {
    const DeviceGuard guard(context_of(problem).ordinal());
    const CublasLt& lt = cublaslt();
    const bool in_bf16 = problem.outputs[0].dtype == DType::bf16;
    lt.check(lt.cublasLtMatmulDescCreate(operation_.out(), arithmetic(problem.precision, in_bf16), CUDA_R_32F),
             "describing a product");
    set(CUBLASLT_MATMUL_DESC_TRANSA, attributes.transpose_b ? CUBLAS_OP_T : CUBLAS_OP_N);
    set(CUBLASLT_MATMUL_DESC_TRANSB, attributes.transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N);

    const cudaDataType type = in_bf16 ? CUDA_R_16BF : CUDA_R_32F;
    const auto describe = [&](Layout& layout, const Shape& shape) {
      lt.check(lt.cublasLtMatrixLayoutCreate(layout.out(), type, shape[1], shape[0], shape[1]), "describing a matrix");
    };
    describe(a_, problem.inputs[0].shape);
    describe(b_, problem.inputs[1].shape);
    describe(y_, problem.outputs[0].shape);
    choose();
  }

  std::size_t workspace_bytes() const { return choice_.workspaceSize; }

  void run(const RunContext& context) const {
    const CublasLt& lt = cublaslt();
    const float one = 1, zero = 0;
    void* const y = context.outputs[0].data;
    lt.check(lt.cublasLtMatmul(library_, operation_.get(), &one, context.inputs[1].data, b_.get(),
                               context.inputs[0].data, a_.get(), &zero, y, y_.get(), y, y_.get(), &choice_.algo,
                               aligned_workspace(context.scratch), choice_.workspaceSize, native(context.stream)),
             "a product");
  }

 private:
  /// fp32 is strict; in bf16 float operands are rounded on their way into the tensor cores. Sums are always float.
  static cublasComputeType_t arithmetic(Precision precision, bool in_bf16) {
    if (in_bf16) return CUBLAS_COMPUTE_32F;
    switch (precision) {
      case Precision::fp32:
        return CUBLAS_COMPUTE_32F;
      case Precision::tf32:
        return CUBLAS_COMPUTE_32F_FAST_TF32;
      case Precision::bf16:
        return CUBLAS_COMPUTE_32F_FAST_16BF;
    }
    return CUBLAS_COMPUTE_32F;
  }

  void set(cublasLtMatmulDescAttributes_t attribute, cublasOperation_t value) {
    const CublasLt& lt = cublaslt();
    lt.check(lt.cublasLtMatmulDescSetAttribute(operation_.get(), attribute, &value, sizeof value),
             "describing a product");
  }

  /// Takes what the library thinks is fastest, of what adds its parts in float and in a fixed order.
  void choose() {
    const CublasLt& lt = cublaslt();
    Preference preference;
    lt.check(lt.cublasLtMatmulPreferenceCreate(preference.out()), "stating preferences");
    const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
      lt.check(lt.cublasLtMatmulPreferenceSetAttribute(preference.get(), attribute, &value, sizeof value),
               "stating preferences");
    };
    prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kMostWorkspace);
    prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, std::uint32_t{CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE});
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, kAlignment);
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, kAlignment);
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, kAlignment);
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, kAlignment);
    int found = 0;
    lt.check(lt.cublasLtMatmulAlgoGetHeuristic(library_, operation_.get(), b_.get(), a_.get(), y_.get(), y_.get(),
                                               preference.get(), 1, &choice_, &found),
             "looking for an algorithm");
    if (found == 0) lt.check(CUBLAS_STATUS_NOT_SUPPORTED, "looking for an algorithm");
  }

  cublasLtHandle_t library_;
  Operation operation_;
  Layout a_, b_, y_;
  cublasLtMatmulHeuristicResult_t choice_{};
};

bool supports(const Problem& problem) {
  if (problem.device == nullptr || !has_one_storage(problem) || !cublaslt().problem.empty()) return false;
  // Empty sums are zeros, which other rows write; the library refuses empty matrices.
  return problem.inputs[0].shape.elements() > 0 && problem.inputs[1].shape.elements() > 0;
}

Prepared prepare(const Problem& problem, const ops::MatmulAttributes& attributes) {
  const auto product = std::make_shared<const Product>(problem, attributes);
  return {[product](const RunContext& context) { product->run(context); },
          booked_workspace(product->workspace_bytes())};
}

Prepared prepare_matmul(const Problem& problem) { return prepare(problem, problem.attribute<ops::MatmulAttributes>()); }

Prepared prepare_dense_activation(const Problem& problem) {
  const Prepared product = prepare(problem, {});
  const auto activation = problem.attribute<ops::DenseActivationAttributes>().activation;
  return {[product = product.run, activation](const RunContext& context) {
            product(context);
            finish_product(context, activation);
          },
          product.scratch_bytes};
}

}  // namespace

void add_cublaslt_matmul(ImplementationTable& table) {
  table.add(ops::kMatmul, {"cublaslt", supports, prepare_matmul});
  table.add(ops::kDenseActivation, {"cublaslt", supports, prepare_dense_activation});
}

}  // namespace genocuda::cuda
