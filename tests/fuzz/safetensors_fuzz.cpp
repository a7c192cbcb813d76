#include "core/formats/safetensors.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto path = lyceum::test::fuzz_file(data, size);
    if (const auto file = lyceum::formats::open_safetensors(path))
        lyceum::test::read_everything(*file.value());
    static_cast<void>(lyceum::formats::read_safetensors_metadata(path));
    return 0;
}
