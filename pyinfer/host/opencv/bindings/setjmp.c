// What LLVM 19 and later call for setjmp where longjmp is a WebAssembly exception: Emscripten 3.1.6 has the
// functions of older compilers, of which only longjmp's is still the same. The names and duties are LLVM's.

#include <stdint.h>
#include <stdlib.h>

// Lies in the program's jmp_buf.
struct Buffer {
  void* invocation;
  uint32_t label;
};

void __wasm_setjmp(struct Buffer* buffer, uint32_t label, void* invocation) {
  if (label == 0 || invocation == 0) {
    abort();
  }
  buffer->invocation = invocation;
  buffer->label = label;
}

uint32_t __wasm_setjmp_test(struct Buffer* buffer, void* invocation) {
  if (buffer->label == 0 || invocation == 0) {
    abort();
  }
  return buffer->invocation == invocation ? buffer->label : 0;
}
