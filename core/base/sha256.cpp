#include "core/base/sha256.h"

#include "core/base/check.h"
#include "core/base/system_error.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <vector>

namespace lyceum {
namespace {

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free)
    {
        LYCEUM_CHECK(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1,
                     "libcrypto has SHA-256");
    }

    void update(const void* data, std::size_t size)
    {
        LYCEUM_CHECK(EVP_DigestUpdate(context_.get(), data, size) == 1, "SHA-256 goes on");
    }

    std::string finish()
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned int size = 0;
        LYCEUM_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1, "SHA-256 ends");
        constexpr std::string_view kDigits = "0123456789abcdef";
        std::string hex;
        for (unsigned int i = 0; i < size; ++i) {
            hex.push_back(kDigits[digest[i] >> 4]);
            hex.push_back(kDigits[digest[i] & 0x0f]);
        }
        return hex;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

} // namespace

std::string sha256_hex(std::string_view bytes)
{
    Sha256 hash;
    hash.update(bytes.data(), bytes.size());
    return hash.finish();
}

Result<std::string> sha256_file(const std::filesystem::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return system_error("Cannot read", path, errno);
    Sha256 hash;
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    ssize_t count = 0;
    while ((count = ::read(file, buffer.data(), buffer.size())) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            const int reason = errno;
            ::close(file);
            return system_error("Cannot read", path, reason);
        }
        hash.update(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(file);
    return hash.finish();
}

} // namespace lyceum
