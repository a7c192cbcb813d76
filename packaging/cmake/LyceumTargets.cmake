# lyceum_library(NAME folder [TORCH [UNITY]] HEADERS ... SOURCES ... DEPENDS ...): the library of one core folder.
# Without SOURCES it is header-only. TORCH puts it in the engine half (LibTorch and the shared precompiled header).
# UNITY compiles its sources as one file: GCC instantiates all of LibTorch's pending templates anew in each (20 s).
function(lyceum_library name)
  cmake_parse_arguments(ARG "TORCH;UNITY" "" "HEADERS;SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  set(target lyceum_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE lyceum::build_flags ${ARG_PRIVATE_DEPENDS})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(lyceum::${name} ALIAS ${target})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${ARG_DEPENDS})
  if(ARG_TORCH)
    target_link_libraries(${target} ${scope} lyceum::torch)
    lyceum_use_torch_pch(${target})
  endif()
  if(ARG_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  endif()
endfunction()

# lyceum_without_torch(FILE ...): sources of a TORCH library that include none of it: no precompiled header, not in
# the UNITY file, and a tenth of the time.
function(lyceum_without_torch)
  set_source_files_properties(${ARGN} PROPERTIES
    SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

function(lyceum_use_torch_pch target)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_precompile_headers(${target} REUSE_FROM lyceum_torch_pch)
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    if(type STREQUAL "EXECUTABLE")
      # The header was compiled with -fPIC; an executable's -fPIE would make GCC ignore it.
      set_target_properties(${target} PROPERTIES BUILD_RPATH ${LYCEUM_TORCH_RPATH} ENABLE_EXPORTS OFF
        POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
  endif()
endfunction()

# lyceum_test(NAME LABEL label [TORCH [UNITY]] [WHOLE] [TIMEOUT s] SOURCES ... DEPENDS ...): one GoogleTest program, its cases
# as CTest tests; WHOLE: one CTest test, for a program whose cases share what takes long to load.
function(lyceum_test name)
  cmake_parse_arguments(ARG "TORCH;UNITY;WHOLE" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    LYCEUM_TEST_DATA="${PROJECT_SOURCE_DIR}/tests" LYCEUM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} lyceum::build_flags GTest::gmock lyceum_test_main)
  if(ARG_TORCH)
    target_link_libraries(${name} PRIVATE lyceum::torch)
    lyceum_use_torch_pch(${name})
  endif()
  if(ARG_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  endif()
  if(ARG_WHOLE)
    add_test(NAME ${ARG_LABEL}.${name} COMMAND ${name})
    set_tests_properties(${ARG_LABEL}.${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
      ENVIRONMENT OMP_WAIT_POLICY=PASSIVE)
    return()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX ${ARG_LABEL}. DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
      # Without PASSIVE, LibTorch's threads spin at every barrier: beside other programs a test takes 50 times as long.
      ENVIRONMENT OMP_WAIT_POLICY=PASSIVE) # one value only: gtest_discover_tests drops the rest of a list
endfunction()
