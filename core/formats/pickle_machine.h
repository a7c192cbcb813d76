#pragma once

#include "core/formats/byte_reader.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lyceum::formats {

/// The stack machine of pickle's protocol 2, without its means to call or import: a REDUCE or
/// GLOBAL outside a short list is an error. Texts stay in the bytes; what it may make is bounded,
/// so that memory stays far below 64 MiB whatever the bytes say.
class PickleMachine {
public:
    enum class Kind : std::uint8_t { None, Boolean, Integer, Real, Text, Container, Global, Mark };
    enum class Shape : std::uint8_t { Tuple, List, Dict, Storage, Tensor };
    struct Value {
        Kind kind = Kind::None;
        std::uint32_t length = 0; ///< Of a text.
        std::int64_t number = 0;  ///< Value; offset of a text; index of a container or global.
    };
    struct Container {
        Shape shape = Shape::Tuple;
        std::vector<Value> items; ///< Of a dict: key, value, key, value.
    };

    PickleMachine(std::span<const std::byte> bytes, std::string_view source_name)
        : bytes_(bytes)
        , reader_(bytes, std::string(source_name) + ": the pickle")
        , source_name_(source_name)
    {
    }

    /// Runs to the STOP. @return what is then on the stack.
    [[nodiscard]] Result<Value> run();

    [[nodiscard]] std::string_view text_of(const Value& value) const;
    /// Null when the value is no container.
    [[nodiscard]] const Container* container_of(const Value& value) const;
    [[nodiscard]] Error invalid(const std::string& what) const;
    [[nodiscard]] static std::string_view global_name(const Value& value);

private:
    Result<bool> step();
    Result<void> step_number(std::uint8_t opcode);
    Result<void> step_container(std::uint8_t opcode);
    Result<void> step_memo(std::uint8_t opcode);
    Result<void> push(Value value);
    Result<Value> pop();
    Result<std::vector<Value>> pop_to_mark();
    Result<void> push_container(Shape shape, std::vector<Value> items);
    Result<void> push_text(std::uint64_t length);
    Result<void> push_tuple(std::size_t count);
    Result<void> extend(Shape shape, const std::vector<Value>& items);
    Result<void> read_global();
    Result<void> reduce();
    Result<void> build();
    Result<std::string_view> read_line();
    [[nodiscard]] Error refused(const std::string& what) const;

    std::span<const std::byte> bytes_;
    ByteReader reader_;
    std::string source_name_;
    std::vector<Value> stack_;
    std::deque<Container> containers_;
    std::unordered_map<std::uint32_t, Value> memo_;
    std::uint64_t num_values_ = 0; ///< Made so far.
};

} // namespace lyceum::formats
