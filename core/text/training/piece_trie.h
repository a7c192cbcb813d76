#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// A token of a Unigram model while it is learnt.
struct Piece {
    std::string text;
    double score = 0.0; ///< Logarithm of its probability, in nats.
};

/// Finds the pieces that a text begins with.
class PieceTrie {
public:
    /// @param sorted those of `pieces` to find, by their text; none twice.
    PieceTrie(const std::vector<Piece>& pieces, std::span<const std::uint32_t> sorted);

    /// Calls `sink(length in bytes, index of the piece)`, the shortest first.
    template <typename Sink>
    void find_prefixes(std::string_view text, Sink sink) const
    {
        std::uint32_t node = 0;
        for (std::size_t depth = 0; depth < text.size(); ++depth) {
            node = child_of(node, static_cast<std::uint8_t>(text[depth]));
            if (node == 0)
                return;
            if (nodes_[node].piece >= 0)
                sink(depth + 1, static_cast<std::uint32_t>(nodes_[node].piece));
        }
    }

private:
    struct Node {
        std::uint32_t first_child = 0; ///< Children lie beside each other, by byte.
        std::int32_t piece = -1;       ///< -1: none ends here.
        std::uint16_t num_children = 0;
    };
    /// 0: there is none.
    [[nodiscard]] std::uint32_t child_of(std::uint32_t node, std::uint8_t byte) const noexcept
    {
        const std::uint32_t begin = nodes_[node].first_child;
        const std::uint32_t end = begin + nodes_[node].num_children;
        std::uint32_t low = begin;
        std::uint32_t high = end;
        while (low < high) {
            const std::uint32_t middle = (low + high) / 2;
            if (bytes_[middle] < byte)
                low = middle + 1;
            else
                high = middle;
        }
        return low < end && bytes_[low] == byte ? low : 0;
    }

    std::vector<Node> nodes_;
    std::vector<std::uint8_t> bytes_; ///< That lead to the nodes.
};

} // namespace lyceum::text
