#include "core/text/training/piece_trie.h"

namespace lyceum::text {
namespace {

/// The pieces that share the first `depth` bytes, which lead to `node`.
struct Subtree {
    std::uint32_t node = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t depth = 0;
};

} // namespace

PieceTrie::PieceTrie(const std::vector<Piece>& pieces, std::span<const std::uint32_t> sorted)
    : nodes_(1), bytes_(1)
{
    std::vector<Subtree> level = {{.end = sorted.size()}};
    std::vector<Subtree> next;
    for (; !level.empty(); level.swap(next), next.clear()) {
        for (Subtree tree : level) {
            const auto text = [&](std::size_t i) -> const std::string& {
                return pieces[sorted[i]].text;
            };
            if (tree.begin < tree.end && text(tree.begin).size() == tree.depth) {
                nodes_[tree.node].piece = static_cast<std::int32_t>(sorted[tree.begin]);
                ++tree.begin;
            }
            nodes_[tree.node].first_child = static_cast<std::uint32_t>(nodes_.size());
            while (tree.begin < tree.end) {
                const char byte = text(tree.begin)[tree.depth];
                std::size_t end = tree.begin;
                while (end < tree.end && text(end)[tree.depth] == byte)
                    ++end;
                next.push_back(
                    {static_cast<std::uint32_t>(nodes_.size()), tree.begin, end, tree.depth + 1});
                nodes_.emplace_back();
                bytes_.push_back(static_cast<std::uint8_t>(byte));
                ++nodes_[tree.node].num_children;
                tree.begin = end;
            }
        }
    }
}

} // namespace lyceum::text
