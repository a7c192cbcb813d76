#include "core/base/sha256.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace lyceum {
namespace {

// FIPS 180-4 examples (NIST's "SHA256.pdf") and the empty message.
constexpr auto kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto kMillionA = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, EqualsThePublishedExamples)
{
    EXPECT_EQ(sha256_hex(""), kEmpty);
    EXPECT_EQ(sha256_hex("abc"), kAbc);
}

TEST(Sha256, FileOfManyBlocksEqualsThePublishedExample)
{
    const test::TemporaryFolder folder;
    const auto path = folder.write("a", std::string(1'000'000, 'a'));
    EXPECT_EQ(sha256_file(path).value(), kMillionA);
}

TEST(Sha256, MissingFileIsNotFound)
{
    const auto result = sha256_file("/nowhere/at/all");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::NotFound);
}

TEST(Sha256, FolderIsAnError)
{
    EXPECT_FALSE(sha256_file("/tmp"));
}

} // namespace
} // namespace lyceum
