// SPDX-License-Identifier: Apache-2.0
#include "simt/fiber.h"

#include <cstdint>

#ifndef SIMT_HAS_UCONTEXT
// simt_switch(from, to): pushes what a call must preserve, keeps the stack pointer in *from, takes up the stack `to`.
// Rounding modes are not switched: no kernel changes them. simt_start is what a new stack returns into; it finds the
// entry in r13, its argument in r12, and tells unwinders that nobody called it.
asm(R"(
.text
.globl simt_switch
.hidden simt_switch
.type simt_switch,@function
simt_switch:
  .cfi_startproc
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  popq %rcx
  jmp *%rcx
  .cfi_endproc
.size simt_switch,.-simt_switch
.type simt_start,@function
simt_start:
  .cfi_startproc
  .cfi_undefined %rip
  movq %r12,%rdi
  callq *%r13
  ud2
  .cfi_endproc
.size simt_start,.-simt_start
)");
extern "C" void simt_start();
#endif

namespace simt {
namespace {

#ifdef SIMT_HAS_UCONTEXT
// makecontext passes integers.
void start(unsigned entry_high, unsigned entry_low, unsigned argument_high, unsigned argument_low) {
  const auto pointer = [](unsigned high, unsigned low) {
    return static_cast<std::uintptr_t>(std::uint64_t{high} << 32 | low);
  };
  reinterpret_cast<Fiber::Entry>(pointer(entry_high, entry_low))(
      reinterpret_cast<void*>(pointer(argument_high, argument_low)));
}

void prepare_context(Context& context, void* stack, std::size_t size, Fiber::Entry entry, void* argument) {
  const auto high = [](std::uint64_t pointer) { return static_cast<unsigned>(pointer >> 32); };
  const auto low = [](std::uint64_t pointer) { return static_cast<unsigned>(pointer); };
  const auto entry_bits = reinterpret_cast<std::uintptr_t>(entry),
             argument_bits = reinterpret_cast<std::uintptr_t>(argument);
  getcontext(&context);
  context.uc_stack.ss_sp = stack;
  context.uc_stack.ss_size = size;
  context.uc_link = nullptr;
  makecontext(&context, reinterpret_cast<void (*)()>(&start), 4, high(entry_bits), low(entry_bits), high(argument_bits),
              low(argument_bits));
}
#else
void prepare_context(Context& context, void* stack, std::size_t size, Fiber::Entry entry, void* argument) {
  // What simt_switch pops: r15, r14, r13, r12, rbx, rbp, and where to go. After it the stack is aligned to 16 bytes, as
  // it has to be before a call.
  const void* const frame[] = {nullptr, nullptr, reinterpret_cast<void*>(entry),       argument,
                               nullptr, nullptr, reinterpret_cast<void*>(&simt_start), nullptr,
                               nullptr};
  constexpr int kWords = sizeof(frame) / sizeof(void*);
  void** top = reinterpret_cast<void**>(static_cast<char*>(stack) + size) - kWords;
  for (int i = 0; i < kWords; ++i) top[i] = const_cast<void*>(frame[i]);
  context = top;
}
#endif

}  // namespace

void Fiber::prepare(void* stack, std::size_t stack_size, Entry entry, void* argument, const char* name) {
  stack_ = stack;
  stack_size_ = stack_size;
  prepare_context(context_, stack, stack_size, entry, argument);
  tsan_fiber_ = tsan::create_fiber(name);
}

void Fiber::drop() {
  if (tsan_fiber_) tsan::destroy_fiber(tsan_fiber_);
  tsan_fiber_ = nullptr;
}

}  // namespace simt
