#include "core/text/pre_tokenizers/pre_tokenizer.h"

#include "core/text/pre_tokenizers/character_splits.h"
#include "core/text/pre_tokenizers/metaspace.h"

#include <nlohmann/json.hpp>

namespace lyceum::text {
namespace {

using nlohmann::json;

/// Of GPT-2 (openai/gpt-2, src/encoder.py).
constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

class PatternSplit final : public PreTokenizer {
public:
    PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert)
        : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert)
    {
    }
    void split(const TextView& text, PieceSink sink) const override
    {
        Splitter splitter(text, behavior_, sink);
        pattern_.find(text.text, [&](std::size_t begin, std::size_t end, bool is_match) {
            splitter(begin, end, is_match != invert_);
        });
        splitter.finish();
    }

private:
    Pattern pattern_;
    SplitBehavior behavior_;
    bool invert_;
};

class ByteLevelSplit final : public PreTokenizer {
public:
    ByteLevelSplit(PreTokenizerPtr pattern, bool add_prefix_space, PieceForm form)
        : pattern_(std::move(pattern)), add_prefix_space_(add_prefix_space), form_(form)
    {
    }
    void split(const TextView& text, PieceSink sink) const override
    {
        if (add_prefix_space_ && !text.text.starts_with(' ')) {
            AlignedText with_space = AlignedText::copy_of(text);
            prepend(with_space, " ");
            return cut(with_space.view(), sink);
        }
        cut(text, sink);
    }

private:
    void cut(const TextView& text, PieceSink sink) const
    {
        const auto emit = [&](const TextView& piece) {
            if (form_ == PieceForm::Bytes)
                return sink(piece);
            AlignedText written = AlignedText::copy_of(piece);
            to_byte_alphabet(written);
            sink(written.view());
        };
        if (pattern_ == nullptr)
            emit(text);
        else
            pattern_->split(text, emit);
    }

    PreTokenizerPtr pattern_;
    bool add_prefix_space_;
    PieceForm form_;
};

class MetaspaceSplit final : public PreTokenizer {
public:
    explicit MetaspaceSplit(Metaspace settings)
        : settings_(std::move(settings)), space_(std::string(" ")), mark_(settings_.replacement)
    {
    }
    void split(const TextView& text, PieceSink sink) const override
    {
        AlignedText written = with_marks(text);
        const bool at_start = text.origins != nullptr && text.origins[0].begin == 0;
        const bool wanted = settings_.prepend == Metaspace::Prepend::Always ||
                            (settings_.prepend == Metaspace::Prepend::First && at_start);
        if (wanted && !written.text().starts_with(settings_.replacement))
            prepend(written, settings_.replacement);
        const TextView view = written.view();
        if (!settings_.splits)
            return sink(view);
        Splitter splitter(view, SplitBehavior::MergedWithNext, sink);
        mark_.find(view.text, [&](std::size_t begin, std::size_t end, bool is_match) {
            splitter(begin, end, is_match);
        });
        splitter.finish();
    }

private:
    [[nodiscard]] AlignedText with_marks(const TextView& text) const
    {
        TextEditor editor(text);
        space_.find(text.text, [&](std::size_t begin, std::size_t end, bool is_match) {
            if (!is_match)
                return editor.copy(end - begin);
            editor.skip(end - begin);
            editor.insert(settings_.replacement);
        });
        return editor.finish();
    }

    Metaspace settings_;
    Pattern space_;
    Pattern mark_;
};

/// Each part cuts the pieces of the one before.
class SequenceSplit final : public PreTokenizer {
public:
    explicit SequenceSplit(std::vector<PreTokenizerPtr> parts) : parts_(std::move(parts)) {}
    void split(const TextView& text, PieceSink sink) const override { apply(0, text, sink); }

private:
    void apply(std::size_t part, const TextView& text, PieceSink sink) const
    {
        if (part == parts_.size())
            return sink(text);
        parts_[part]->split(text, [&](const TextView& piece) { apply(part + 1, piece, sink); });
    }

    std::vector<PreTokenizerPtr> parts_;
};

Result<PreTokenizerPtr> make_split(const PartReader& part)
{
    LYCEUM_ASSIGN(Pattern pattern, Pattern::read(part, "pattern"));
    LYCEUM_ASSIGN(const SplitBehavior behavior, read_behavior(part));
    LYCEUM_ASSIGN(const bool invert, part.flag("invert", false));
    return PreTokenizerPtr(std::make_unique<PatternSplit>(std::move(pattern), behavior, invert));
}

Result<PreTokenizerPtr> make_byte_level(const PartReader& part, PieceForm form)
{
    LYCEUM_ASSIGN(const bool add_prefix_space, part.flag("add_prefix_space", true));
    LYCEUM_ASSIGN(const bool use_regex, part.flag("use_regex", true));
    PreTokenizerPtr pattern;
    if (use_regex) {
        LYCEUM_ASSIGN(auto regex, Regex::compile(kGpt2Pattern));
        pattern = std::make_unique<PatternSplit>(Pattern(std::move(regex)), SplitBehavior::Isolated,
                                                 false);
    }
    return PreTokenizerPtr(
        std::make_unique<ByteLevelSplit>(std::move(pattern), add_prefix_space, form));
}

Result<PreTokenizerPtr> make_sequence(const PartReader& part, PieceForm form)
{
    LYCEUM_ASSIGN(const auto list, part.list("pretokenizers"));
    std::vector<PreTokenizerPtr> parts;
    for (const json& each : list) {
        const bool is_last = parts.size() + 1 == list.size();
        LYCEUM_ASSIGN(auto made, make_pre_tokenizer(each, is_last ? form : PieceForm::Alphabet));
        if (made == nullptr)
            return part.invalid("has a part that is null");
        parts.push_back(std::move(made));
    }
    return PreTokenizerPtr(std::make_unique<SequenceSplit>(std::move(parts)));
}

} // namespace

Result<PreTokenizerPtr> make_pre_tokenizer(const json& description, PieceForm form)
{
    if (description.is_null())
        return PreTokenizerPtr();
    const PartReader part(description, "pre-tokenizer");
    const std::string type = part.type();
    if (type == "Sequence")
        return make_sequence(part, form);
    if (type == "ByteLevel")
        return make_byte_level(part, form);
    if (type == "Split")
        return make_split(part);
    if (type == "Metaspace") {
        LYCEUM_ASSIGN(Metaspace settings, Metaspace::read(part));
        return PreTokenizerPtr(std::make_unique<MetaspaceSplit>(std::move(settings)));
    }
    return make_character_split(part);
}

bool ends_with_byte_level(const json& description)
{
    const PartReader part(description, "pre-tokenizer");
    const json& parts = part.value("pretokenizers");
    if (part.type() == "Sequence")
        return parts.is_array() && !parts.empty() && ends_with_byte_level(parts.back());
    return part.type() == "ByteLevel";
}

Result<json> describe_pre_tokenizer(std::string_view name_or_json, bool add_prefix_space)
{
    const json byte_level = {{"type", "ByteLevel"},
                             {"add_prefix_space", add_prefix_space},
                             {"trim_offsets", true},
                             {"use_regex", true}};
    if (name_or_json == "gpt2" || name_or_json == "gpt-2")
        return byte_level;
    if (name_or_json == "smollm")
        return json{
            {"type", "Sequence"},
            {"pretokenizers", {{{"type", "Digits"}, {"individual_digits", true}}, byte_level}}};
    if (name_or_json.empty() || name_or_json == "null")
        return json();
    if (!name_or_json.starts_with('{'))
        return Error{ErrorCode::Unsupported,
                     "The pre-tokenizer \"" + std::string(name_or_json) + "\" is not known.",
                     "Known are smollm and gpt2."};
    return parse_json(name_or_json, "The pre-tokenizer's description");
}

} // namespace lyceum::text
