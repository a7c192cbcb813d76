#include "core/formats/pickle_machine.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lyceum::formats {
namespace {

constexpr std::uint64_t kMaxValues = 1'000'000; // 16 bytes each; some 30,000 tensors
constexpr std::size_t kMaxContainers = 300'000;
constexpr std::size_t kMaxMemo = 300'000;

/// All that may be named. The first two may be called; the others only stand for a storage's type.
constexpr auto kGlobals = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"collections", "OrderedDict"},
    {"torch._utils", "_rebuild_tensor_v2"},
    {"torch", "FloatStorage"},
    {"torch", "HalfStorage"},
    {"torch", "BFloat16Storage"},
    {"torch", "DoubleStorage"},
    {"torch", "LongStorage"},
    {"torch", "IntStorage"},
    {"torch", "ShortStorage"},
    {"torch", "CharStorage"},
    {"torch", "ByteStorage"},
    {"torch", "BoolStorage"},
});
constexpr std::int64_t kOrderedDict = 0;
constexpr std::int64_t kRebuildTensor = 1;

constexpr auto kRefusedOpcodes = std::to_array<std::pair<std::uint8_t, std::string_view>>(
    {{'i', "INST"},          {'o', "OBJ"},
     {'P', "PERSID"},        {'I', "INT"},
     {'L', "LONG"},          {'F', "FLOAT"},
     {'V', "UNICODE"},       {'S', "STRING"},
     {'T', "BINSTRING"},     {'U', "SHORT_BINSTRING"},
     {'B', "BINBYTES"},      {'C', "SHORT_BINBYTES"},
     {'0', "POP"},           {'1', "POP_MARK"},
     {'2', "DUP"},           {'d', "DICT"},
     {'l', "LIST"},          {'g', "GET"},
     {'p', "PUT"},           {0x81, "NEWOBJ"},
     {0x82, "EXT1"},         {0x83, "EXT2"},
     {0x84, "EXT4"},         {0x8B, "LONG4"},
     {0x8D, "BINUNICODE8"},  {0x8E, "BINBYTES8"},
     {0x8F, "EMPTY_SET"},    {0x90, "ADDITEMS"},
     {0x91, "FROZENSET"},    {0x92, "NEWOBJ_EX"},
     {0x93, "STACK_GLOBAL"}, {0x94, "MEMOIZE"},
     {0x95, "FRAME"},        {0x96, "BYTEARRAY8"}});

std::string opcode_name(std::uint8_t opcode)
{
    const auto* known =
        std::ranges::find(kRefusedOpcodes, opcode, [](const auto& each) { return each.first; });
    return known != kRefusedOpcodes.end() ? std::string(known->second) : std::to_string(opcode);
}

using Kind = PickleMachine::Kind;
using Shape = PickleMachine::Shape;

} // namespace

Error PickleMachine::invalid(const std::string& what) const
{
    return Error{ErrorCode::InvalidData, source_name_ + ": " + what,
                 "The file is damaged, or no state dict; save model.state_dict() with torch.save."};
}

Error PickleMachine::refused(const std::string& what) const
{
    return Error{ErrorCode::InvalidData,
                 source_name_ + ": the pickle uses " + what +
                     ", which tensors have no need of; it is refused, as it may run code",
                 "Save model.state_dict() alone with torch.save, or get the model as safetensors."};
}

std::string_view PickleMachine::text_of(const Value& value) const
{
    if (value.kind != Kind::Text)
        return {};
    return {reinterpret_cast<const char*>(bytes_.data()) + value.number, value.length};
}

const PickleMachine::Container* PickleMachine::container_of(const Value& value) const
{
    return value.kind == Kind::Container ? &containers_[static_cast<std::size_t>(value.number)]
                                         : nullptr;
}

std::string_view PickleMachine::global_name(const Value& value)
{
    return value.kind == Kind::Global ? kGlobals[static_cast<std::size_t>(value.number)].second
                                      : std::string_view();
}

Result<void> PickleMachine::push(Value value)
{
    if (++num_values_ > kMaxValues)
        return Error{ErrorCode::Unsupported,
                     source_name_ + ": the pickle makes more than " + std::to_string(kMaxValues) +
                         " values",
                     "Get the model as safetensors."};
    stack_.push_back(value);
    return {};
}

Result<PickleMachine::Value> PickleMachine::pop()
{
    if (stack_.empty() || stack_.back().kind == Kind::Mark)
        return invalid("the pickle takes a value where there is none");
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
}

Result<std::vector<PickleMachine::Value>> PickleMachine::pop_to_mark()
{
    const auto mark = std::ranges::find(stack_.rbegin(), stack_.rend(), Kind::Mark, &Value::kind);
    if (mark == stack_.rend())
        return invalid("the pickle ends a list that it never began");
    std::vector<Value> items(mark.base(), stack_.end());
    stack_.erase(mark.base() - 1, stack_.end());
    return items;
}

Result<void> PickleMachine::push_container(Shape shape, std::vector<Value> items)
{
    if (containers_.size() >= kMaxContainers)
        return Error{ErrorCode::Unsupported,
                     source_name_ + ": the pickle makes more than " +
                         std::to_string(kMaxContainers) + " tuples, lists and dicts",
                     "Get the model as safetensors."};
    containers_.push_back({shape, std::move(items)});
    return push({Kind::Container, 0, static_cast<std::int64_t>(containers_.size() - 1)});
}

Result<void> PickleMachine::push_text(std::uint64_t length)
{
    const auto at = static_cast<std::int64_t>(reader_.position());
    LYCEUM_TRY(reader_.take(length, "a text"));
    return push({Kind::Text, static_cast<std::uint32_t>(length), at});
}

Result<void> PickleMachine::push_tuple(std::size_t count)
{
    std::vector<Value> items(count);
    for (std::size_t i = count; i > 0; --i) {
        LYCEUM_ASSIGN(items[i - 1], pop());
    }
    return push_container(Shape::Tuple, std::move(items));
}

/// Appends to the container on top of the stack.
Result<void> PickleMachine::extend(Shape shape, const std::vector<Value>& items)
{
    const Container* top = stack_.empty() ? nullptr : container_of(stack_.back());
    if (top == nullptr || top->shape != shape || (shape == Shape::Dict && items.size() % 2 != 0))
        return invalid("the pickle adds to what is no list or dict");
    auto& own = containers_[static_cast<std::size_t>(stack_.back().number)].items;
    own.insert(own.end(), items.begin(), items.end());
    return {};
}

Result<std::string_view> PickleMachine::read_line()
{
    constexpr std::size_t kMaxLine = 1024;
    const auto rest = bytes_.subspan(reader_.position(), std::min(reader_.remaining(), kMaxLine));
    const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
    const std::size_t length = text.find('\n');
    if (length == std::string_view::npos)
        return invalid("the pickle has a name without an end");
    LYCEUM_TRY(reader_.take(length + 1, "a name"));
    return text.substr(0, length);
}

Result<void> PickleMachine::read_global()
{
    LYCEUM_ASSIGN(const std::string_view module, read_line());
    LYCEUM_ASSIGN(const std::string_view name, read_line());
    const auto* known = std::ranges::find(kGlobals, std::pair(module, name));
    if (known == kGlobals.end())
        return refused("the global " + std::string(module) + "." + std::string(name));
    return push({Kind::Global, 0, known - kGlobals.begin()});
}

Result<void> PickleMachine::reduce()
{
    LYCEUM_ASSIGN(const Value arguments, pop());
    LYCEUM_ASSIGN(const Value callee, pop());
    const Container* tuple = container_of(arguments);
    if (tuple == nullptr || tuple->shape != Shape::Tuple)
        return invalid("the pickle calls without a tuple of arguments");
    if (callee.kind == Kind::Global && callee.number == kOrderedDict && tuple->items.empty())
        return push_container(Shape::Dict, {});
    constexpr std::size_t kMaxArguments = 7; // bounds what is copied
    if (callee.kind == Kind::Global && callee.number == kRebuildTensor &&
        tuple->items.size() <= kMaxArguments)
        return push_container(Shape::Tensor, tuple->items);
    return refused("a call of " + (callee.kind == Kind::Global ? std::string(global_name(callee))
                                                               : std::string("a value")));
}

/// An OrderedDict's attributes: state_dict() notes versions in `_metadata`. They hold no tensors
/// and are dropped.
Result<void> PickleMachine::build()
{
    LYCEUM_ASSIGN(const Value state, pop());
    const Container* object = stack_.empty() ? nullptr : container_of(stack_.back());
    const Container* attributes = container_of(state);
    if (object == nullptr || object->shape != Shape::Dict || attributes == nullptr ||
        attributes->shape != Shape::Dict)
        return refused("BUILD on what is no OrderedDict");
    return {};
}

Result<void> PickleMachine::step_number(std::uint8_t opcode)
{
    if (opcode == 'J') {
        LYCEUM_ASSIGN(const auto value, reader_.read<std::int32_t>("an integer"));
        return push({Kind::Integer, 0, value});
    }
    if (opcode == 'K') {
        LYCEUM_ASSIGN(const auto value, reader_.read<std::uint8_t>("an integer"));
        return push({Kind::Integer, 0, value});
    }
    if (opcode == 'M') {
        LYCEUM_ASSIGN(const auto value, reader_.read<std::uint16_t>("an integer"));
        return push({Kind::Integer, 0, value});
    }
    if (opcode == 'G') { // of a checkpoint's other entries; its value is never asked for
        LYCEUM_TRY(reader_.take(8, "a number"));
        return push({Kind::Real, 0, 0});
    }
    LYCEUM_ASSIGN(const auto length, reader_.read<std::uint8_t>("an integer"));
    LYCEUM_ASSIGN(const auto bytes, reader_.take(length, "an integer"));
    if (length > sizeof(std::int64_t))
        return invalid("the pickle has an integer of " + std::to_string(length) + " bytes");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < length; ++i)
        value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    const bool negative = length > 0 && (bytes[length - 1U] & std::byte{0x80}) != std::byte{0};
    if (negative && length < sizeof(value))
        value |= ~std::uint64_t{0} << (8 * length);
    return push({Kind::Integer, 0, static_cast<std::int64_t>(value)});
}

Result<void> PickleMachine::step_container(std::uint8_t opcode)
{
    switch (opcode) {
    case '}':
        return push_container(Shape::Dict, {});
    case ']':
        return push_container(Shape::List, {});
    case ')':
        return push_container(Shape::Tuple, {});
    case 't': {
        LYCEUM_ASSIGN(auto items, pop_to_mark());
        return push_container(Shape::Tuple, std::move(items));
    }
    case 'u': {
        LYCEUM_ASSIGN(const auto items, pop_to_mark());
        return extend(Shape::Dict, items);
    }
    case 'e': {
        LYCEUM_ASSIGN(const auto items, pop_to_mark());
        return extend(Shape::List, items);
    }
    case 's': {
        LYCEUM_ASSIGN(const Value value, pop());
        LYCEUM_ASSIGN(const Value key, pop());
        return extend(Shape::Dict, {key, value});
    }
    case 'a': {
        LYCEUM_ASSIGN(const Value value, pop());
        return extend(Shape::List, {value});
    }
    default: // 0x85, 0x86, 0x87: TUPLE1 to TUPLE3
        return push_tuple(opcode - 0x84U);
    }
}

Result<void> PickleMachine::step_memo(std::uint8_t opcode)
{
    std::uint32_t index = 0;
    if (opcode == 'q' || opcode == 'h') {
        LYCEUM_ASSIGN(index, reader_.read<std::uint8_t>("a memo's number"));
    } else {
        LYCEUM_ASSIGN(index, reader_.read<std::uint32_t>("a memo's number"));
    }
    if (opcode == 'h' || opcode == 'j') {
        const auto found = memo_.find(index);
        if (found == memo_.end())
            return invalid("the pickle asks for memo " + std::to_string(index) +
                           ", which it never made");
        return push(found->second);
    }
    if (stack_.empty() || stack_.back().kind == Kind::Mark || memo_.size() >= kMaxMemo)
        return invalid("the pickle makes a memo of nothing, or too many");
    memo_[index] = stack_.back();
    return {};
}

/// @return false at the end.
Result<bool> PickleMachine::step()
{
    LYCEUM_ASSIGN(const auto opcode, reader_.read<std::uint8_t>("an opcode"));
    Result<void> done;
    if (opcode == '.')
        return false;
    if (opcode == '(')
        done = push({Kind::Mark, 0, 0});
    else if (opcode == 'c')
        done = read_global();
    else if (opcode == 'R')
        done = reduce();
    else if (opcode == 'b')
        done = build();
    else if (opcode == 'N')
        done = push({Kind::None, 0, 0});
    else if (opcode == 0x88 || opcode == 0x89)
        done = push({Kind::Boolean, 0, opcode == 0x88 ? 1 : 0});
    else if (opcode == 'X') {
        LYCEUM_ASSIGN(const auto length, reader_.read<std::uint32_t>("a text"));
        done = push_text(length);
    } else if (opcode == 0x8C) {
        LYCEUM_ASSIGN(const auto length, reader_.read<std::uint8_t>("a text"));
        done = push_text(length);
    } else if (opcode == 'Q') { // BINPERSID: the tuple that names a storage
        LYCEUM_ASSIGN(const Value id, pop());
        const Container* tuple = container_of(id);
        if (tuple == nullptr || tuple->shape != Shape::Tuple || tuple->items.size() != 5)
            return invalid("the pickle names a storage by what is no tuple of five");
        done = push_container(Shape::Storage, tuple->items);
    } else if (std::string_view("JKMG\x8a").find(static_cast<char>(opcode)) !=
               std::string_view::npos)
        done = step_number(opcode);
    else if (std::string_view("})]tuesa\x85\x86\x87").find(static_cast<char>(opcode)) !=
             std::string_view::npos)
        done = step_container(opcode);
    else if (std::string_view("qrhj").find(static_cast<char>(opcode)) != std::string_view::npos)
        done = step_memo(opcode);
    else
        done = refused("the opcode " + opcode_name(opcode));
    if (!done)
        return done.error();
    return true;
}

Result<PickleMachine::Value> PickleMachine::run()
{
    LYCEUM_ASSIGN(const auto opcode, reader_.read<std::uint8_t>("the protocol"));
    LYCEUM_ASSIGN(const auto protocol, reader_.read<std::uint8_t>("the protocol"));
    if (opcode != 0x80 || protocol != 2)
        return invalid("the pickle is not of protocol 2, which torch.save writes");
    while (true) {
        LYCEUM_ASSIGN(const bool more, step());
        if (!more)
            return pop();
    }
}

} // namespace lyceum::formats
