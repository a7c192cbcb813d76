#include "core/formats/pickle_reader.h"
#include "core/formats/torch_file.h"
#include "tests/fuzz/fuzz_file.h"

/// The input as an archive, and as a pickle alone: mutations seldom keep an archive's CRC.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (const auto file = lyceum::formats::open_torch(lyceum::test::fuzz_file(data, size)))
        lyceum::test::read_everything(*file.value());
    static_cast<void>(
        lyceum::formats::read_pickle({reinterpret_cast<const std::byte*>(data), size}, "input"));
    return 0;
}
