# lyceum::torch: LibTorch of the PyPI wheel, imported by hand. find_package(Torch) of that wheel asks for the CUDA
# toolkit, and libtorch.so drags in libtorch_cuda.so: the CPU part alone is libtorch_cpu and libc10.
set(LYCEUM_TORCH_ROOT "${LYCEUM_DEPS}/python/torch" CACHE PATH "The torch folder of the wheel")
if(NOT EXISTS ${LYCEUM_TORCH_ROOT}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "LibTorch is not in ${LYCEUM_TORCH_ROOT}. Run: bash packaging/setup.sh")
endif()

file(STRINGS ${LYCEUM_TORCH_ROOT}/include/torch/headeronly/version.h torch_version_lines
  REGEX "^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
string(REGEX REPLACE "[^0-9;]" "" torch_version_lines "${torch_version_lines}")
list(JOIN torch_version_lines "." LYCEUM_TORCH_VERSION)

foreach(name IN ITEMS c10 torch_cpu)
  add_library(lyceum_import_${name} SHARED IMPORTED)
  set_target_properties(lyceum_import_${name} PROPERTIES
    IMPORTED_LOCATION ${LYCEUM_TORCH_ROOT}/lib/lib${name}.so)
endforeach()
add_library(lyceum_torch INTERFACE)
add_library(lyceum::torch ALIAS lyceum_torch)
target_include_directories(lyceum_torch SYSTEM INTERFACE
  ${LYCEUM_TORCH_ROOT}/include ${LYCEUM_TORCH_ROOT}/include/torch/csrc/api/include)
target_compile_definitions(lyceum_torch INTERFACE USE_C10D_GLOO USE_DISTRIBUTED)
# Without -fopenmp at::parallel_for is silently serial in our code; torch's own libgomp must be the only one.
target_compile_options(lyceum_torch INTERFACE -fopenmp)
target_link_libraries(lyceum_torch INTERFACE
  lyceum_import_torch_cpu lyceum_import_c10 ${LYCEUM_TORCH_ROOT}/lib/libgomp.so.1)
set(LYCEUM_TORCH_RPATH ${LYCEUM_TORCH_ROOT}/lib)

# One precompiled header for the whole engine half: <torch/torch.h> alone costs 20 s a file.
file(WRITE ${PROJECT_BINARY_DIR}/torch_pch.cpp "")
add_library(lyceum_torch_pch OBJECT ${PROJECT_BINARY_DIR}/torch_pch.cpp)
target_precompile_headers(lyceum_torch_pch PRIVATE <torch/torch.h> <string> <vector> <memory> <nlohmann/json.hpp>)
target_link_libraries(lyceum_torch_pch PRIVATE lyceum::torch lyceum::build_flags)
target_compile_options(lyceum_torch_pch PRIVATE -fpch-preprocess)
