#pragma once

#include "core/text/normalizers/normalizer.h"

namespace lyceum::text {

/// BERT's cleaning: controls away, white space to spaces, spaces around Chinese characters, accents
/// off, lower case; each as its setting says.
class BertNormalizer final : public Normalizer {
public:
    [[nodiscard]] static Result<NormalizerPtr> read(const PartReader& part);

    void normalize(AlignedText& text) const override;

private:
    bool clean_text_ = true;
    bool handle_chinese_chars_ = true;
    bool strip_accents_ = true;
    bool lowercase_ = true;
};

} // namespace lyceum::text
