# lyceum::build_flags: linked PRIVATE by every target of ours, so that nothing leaks.
add_library(lyceum_build_flags INTERFACE)
add_library(lyceum::build_flags ALIAS lyceum_build_flags)
target_compile_features(lyceum_build_flags INTERFACE cxx_std_20)
target_compile_options(lyceum_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  # Designated initialisers leave the other members to their defaults; that is their point.
  -Wno-missing-field-initializers
  # GCC 12 sees overlaps that are not there in `"text" + std::string` (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${LYCEUM_WARNINGS_AS_ERRORS}>:-Werror>)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_EXTENSIONS OFF)

find_program(LYCEUM_CCACHE ccache)
if(LYCEUM_CCACHE)
  # A precompiled header is only cacheable with these; see "Precompiled headers" in ccache's manual.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${LYCEUM_CCACHE})
endif()
