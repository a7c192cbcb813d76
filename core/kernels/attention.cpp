#include "core/kernels/attention.h"

#include "core/base/check.h"
#include "core/kernels/loops.h"
#include "core/kernels/rotary.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace lyceum::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// The tokens of a span, a batch of K key/value heads with G query heads each: [K, G, length, E], a
/// view.
at::Tensor query_view(const at::Tensor& x, const Span& span, const AttentionShape& shape)
{
    const std::int64_t group = shape.num_heads / shape.num_key_value_heads;
    return x.narrow(0, span.start, span.length)
        .view({span.length, shape.num_key_value_heads, group, shape.head_dim})
        .permute({1, 2, 0, 3});
}

/// Keys or values, the same for each of the G query heads of a group: [K, G, length, E] with stride
/// 0 along G.
at::Tensor key_view(const at::Tensor& x, const Span& span, const AttentionShape& shape)
{
    const std::int64_t group = shape.num_heads / shape.num_key_value_heads;
    return x.narrow(0, span.start, span.length)
        .view({span.length, shape.num_key_value_heads, 1, shape.head_dim})
        .permute({1, 2, 0, 3})
        .expand({-1, group, -1, -1});
}

/// [N, columns], zero where no span will write.
at::Tensor buffer_like(const at::Tensor& x, const std::vector<Span>& spans)
{
    const std::int64_t covered =
        std::accumulate(spans.begin(), spans.end(), std::int64_t{0},
                        [](std::int64_t sum, const Span& span) { return sum + span.length; });
    return covered == x.size(0) ? at::empty_like(x) : at::zeros_like(x);
}

double scale_of(const AttentionShape& shape)
{
    return shape.scale != 0.0 ? shape.scale : 1.0 / std::sqrt(static_cast<double>(shape.head_dim));
}

at::Tensor rotated(const at::Tensor& x, const at::Tensor& table, const at::Tensor& positions,
                   const AttentionShape& shape)
{
    return table.defined() ? rotate(x, table, positions, shape.head_dim) : x;
}

/// The mask of a whole span; the same for all spans of one length, so the last one is kept.
class SpanMask {
public:
    SpanMask(const AttentionShape& shape, at::ScalarType type) : shape_(shape), type_(type) {}
    [[nodiscard]] std::optional<at::Tensor> of(const Span& span)
    {
        if (length_ != span.length) {
            length_ = span.length;
            mask_ = attention_mask(0, span.length, shape_);
            if (mask_.defined())
                mask_ = mask_.to(type_);
        }
        return mask_.defined() ? std::optional<at::Tensor>(mask_) : std::nullopt;
    }

private:
    const AttentionShape& shape_;
    at::ScalarType type_;
    std::int64_t length_ = 0;
    at::Tensor mask_;
};

/// By what q and k are turned, kept from autograd's sight: the tensors may be undefined.
struct Angles {
    at::Tensor table;
    at::Tensor positions;
};

class AttentionFunction : public torch::autograd::Function<AttentionFunction> {
public:
    static Variable forward(AutogradContext* context, const Variable& q, const Variable& k,
                            const Variable& v, const Angles& angles, const std::vector<Span>& spans,
                            const AttentionShape& shape)
    {
        const auto& [table, positions] = angles;
        const at::Tensor rotated_q = rotated(q, table, positions, shape);
        const at::Tensor rotated_k = rotated(k, table, positions, shape);
        at::Tensor out = buffer_like(q, spans); // [N, H * E]
        variable_list saved = {rotated_q, rotated_k, v, out, table, positions};
        SpanMask masks(shape, q.scalar_type());
        for (const Span& span : spans) {
            const auto mask = masks.of(span);
            auto [part, log_sums] = at::_scaled_dot_product_flash_attention_for_cpu(
                query_view(rotated_q, span, shape), key_view(rotated_k, span, shape),
                key_view(v, span, shape), 0.0, shape.is_causal && !mask, mask, scale_of(shape));
            query_view(out, span, shape).copy_(part);
            saved.push_back(log_sums);
        }
        context->save_for_backward(saved);
        context->saved_data["shape"] =
            std::vector<std::int64_t>{shape.num_heads, shape.num_key_value_heads, shape.head_dim,
                                      shape.is_causal ? 1 : 0, shape.window};
        context->saved_data["scale"] = shape.scale;
        std::vector<std::int64_t> flat_spans;
        for (const Span& span : spans)
            flat_spans.insert(flat_spans.end(), {span.start, span.length});
        context->saved_data["spans"] = flat_spans;
        return out;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const auto sizes = context->saved_data["shape"].toIntVector();
        const AttentionShape shape{sizes[0], sizes[1],
                                   sizes[2], sizes[3] != 0,
                                   sizes[4], context->saved_data["scale"].toDouble()};
        const auto flat = context->saved_data["spans"].toIntVector();
        std::vector<Span> spans;
        for (std::size_t i = 0; i < flat.size(); i += 2)
            spans.push_back({flat[i], flat[i + 1]});

        const at::Tensor d_out = gradients[0].contiguous();
        at::Tensor dq = buffer_like(saved[0], spans);
        at::Tensor dk = buffer_like(saved[1], spans);
        at::Tensor dv = buffer_like(saved[2], spans);
        SpanMask masks(shape, saved[0].scalar_type());
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const Span& span = spans[i];
            const auto mask = masks.of(span);
            const auto [part_q, part_k, part_v] =
                at::_scaled_dot_product_flash_attention_for_cpu_backward(
                    query_view(d_out, span, shape), query_view(saved[0], span, shape),
                    key_view(saved[1], span, shape), key_view(saved[2], span, shape),
                    query_view(saved[3], span, shape), saved[6 + i], 0.0, shape.is_causal && !mask,
                    mask, scale_of(shape));
            query_view(dq, span, shape).copy_(part_q);
            at::Tensor to_k = key_view(dk, span, shape).select(1, 0); // [K, length, E]
            at::Tensor to_v = key_view(dv, span, shape).select(1, 0);
            at::sum_out(to_k, part_k, 1);
            at::sum_out(to_v, part_v, 1);
        }
        if (saved[4].defined()) {
            rotate_in_place(dq, saved[4], saved[5], shape.head_dim, Direction::Inverse);
            rotate_in_place(dk, saved[4], saved[5], shape.head_dim, Direction::Inverse);
        }
        return {dq, dk, dv, {}, {}, {}};
    }
};

} // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     const at::Tensor& table, const at::Tensor& positions,
                     const std::vector<Span>& spans, const AttentionShape& shape)
{
    LYCEUM_CHECK(shape.num_heads % shape.num_key_value_heads == 0,
                 "query heads come in whole groups");
    return AttentionFunction::apply(q.contiguous(), k.contiguous(), v.contiguous(),
                                    Angles{table, positions}, spans, shape);
}

at::Tensor attention_with_dropout(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                  const at::Tensor& table, const at::Tensor& positions,
                                  const std::vector<Span>& spans, const AttentionShape& shape,
                                  double dropout)
{
    const auto turn = [&](const at::Tensor& x) {
        return table.defined()
                   ? reference::rotate(x, table, positions, shape.head_dim).to(x.scalar_type())
                   : x;
    };
    const at::Tensor turned_q = turn(q);
    const at::Tensor turned_k = turn(k);
    std::vector<at::Tensor> parts;
    std::int64_t end = 0;
    const auto fill_up_to = [&](std::int64_t start) { // rows outside every span
        if (start > end)
            parts.push_back(at::zeros({start - end, q.size(1)}, q.options()));
    };
    for (const Span& span : spans) {
        fill_up_to(span.start);
        end = span.start + span.length;
        at::Tensor scores = at::matmul(query_view(turned_q, span, shape),
                                       key_view(turned_k, span, shape).transpose(-1, -2)) *
                            scale_of(shape); // [K, G, length, length]
        at::Tensor mask = attention_mask(0, span.length, shape);
        if (!mask.defined() && shape.is_causal)
            mask = at::full({span.length, span.length}, -INFINITY, q.options()).triu(1);
        if (mask.defined())
            scores = scores + mask;
        const at::Tensor weights =
            at::dropout(at::softmax(scores, -1), dropout, true).to(v.scalar_type());
        parts.push_back(at::matmul(weights, key_view(v, span, shape))
                            .permute({2, 0, 1, 3})
                            .reshape({span.length, q.size(1)}));
    }
    fill_up_to(q.size(0));
    return at::cat(parts);
}

at::Tensor attention_mask(std::int64_t past, std::int64_t count, const AttentionShape& shape)
{
    const std::int64_t length = past + count;
    const bool is_windowed = shape.window > 0 && length > shape.window;
    if (!shape.is_causal || (past == 0 && !is_windowed))
        return {};
    at::Tensor seen = at::ones({count, length}, at::kBool).tril(past);
    if (is_windowed)
        seen = seen.triu(past - shape.window + 1);
    return at::zeros({count, length}, at::kFloat).masked_fill_(~seen, -INFINITY);
}

at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                            const std::vector<std::int64_t>& slots,
                            const std::vector<std::int64_t>& lengths, const AttentionShape& shape)
{
    if (q.scalar_type() != at::kFloat)
        return cached_attention(q.to(at::kFloat), keys, values, slots, lengths, shape)
            .to(q.scalar_type());
    const std::int64_t group = shape.num_heads / shape.num_key_value_heads;
    const std::int64_t capacity = keys.size(2);
    const std::int64_t rows = q.size(0);
    at::Tensor out = at::empty_like(q);
    const float* queries = q.const_data_ptr<float>();
    const float* all_keys = keys.const_data_ptr<float>();
    const float* all_values = values.const_data_ptr<float>();
    float* result = out.mutable_data_ptr<float>();
    const auto scale = static_cast<float>(scale_of(shape));
    at::parallel_for(0, rows * shape.num_heads, 1, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> scores(static_cast<std::size_t>(capacity));
        for (std::int64_t task = begin; task < end; ++task) {
            const auto row = static_cast<std::size_t>(task / shape.num_heads);
            const std::int64_t head = task % shape.num_heads / group;
            const std::int64_t unseen =
                shape.window > 0 ? std::max<std::int64_t>(lengths[row] - shape.window, 0) : 0;
            const std::int64_t offset =
                ((slots[row] * shape.num_key_value_heads + head) * capacity + unseen) *
                shape.head_dim;
            loops::attend_one(queries + task * shape.head_dim, all_keys + offset,
                              all_values + offset, result + task * shape.head_dim, scores.data(),
                              lengths[row] - unseen, shape.head_dim, scale);
        }
    });
    return out;
}

namespace reference {

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     const at::Tensor& table, const at::Tensor& positions,
                     const std::vector<Span>& spans, const AttentionShape& shape)
{
    const std::int64_t n = q.size(0);
    const std::int64_t group = shape.num_heads / shape.num_key_value_heads;
    at::Tensor allowed = at::zeros({n, n}, at::kBool);
    at::Tensor covered = at::zeros({n, 1}, q.options());
    const auto sees = [&](std::int64_t length) {
        const at::Tensor all = at::ones({length, length}, at::kBool);
        if (!shape.is_causal)
            return all;
        return shape.window > 0 ? all.tril().triu(1 - shape.window) : all.tril();
    };
    for (const Span& span : spans) {
        allowed.narrow(0, span.start, span.length)
            .narrow(1, span.start, span.length)
            .copy_(sees(span.length));
        covered.narrow(0, span.start, span.length).fill_(1.0);
    }
    const auto heads = [&](const at::Tensor& x, std::int64_t repeats) {
        return x.view({n, -1, shape.head_dim}).repeat_interleave(repeats, 1).transpose(0, 1);
    };
    const auto turn = [&](const at::Tensor& x) {
        return table.defined() ? rotate(x, table, positions, shape.head_dim) : x;
    };
    const at::Tensor queries = heads(turn(q), 1); // [H, N, E]
    const at::Tensor keys = heads(turn(k), group);
    const at::Tensor scores =
        at::matmul(queries, keys.transpose(1, 2)) * scale_of(shape); // [H, N, N]
    const at::Tensor weights = at::softmax(scores.masked_fill(~allowed, -1e30), -1);
    const at::Tensor mixed = at::matmul(weights, heads(v, group)); // [H, N, E]
    return mixed.transpose(0, 1).reshape({n, -1}) * covered;
}

} // namespace reference
} // namespace lyceum::kernels
