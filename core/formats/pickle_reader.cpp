#include "core/formats/pickle_reader.h"

#include "core/formats/pickle_machine.h"

#include <algorithm>

namespace lyceum::formats {
namespace {

using Kind = PickleMachine::Kind;
using Shape = PickleMachine::Shape;
using Value = PickleMachine::Value;
using Container = PickleMachine::Container;

/// From the machine's values to tensors.
class StateDict {
public:
    explicit StateDict(const PickleMachine& machine) : machine_(machine) {}

    Result<std::vector<PickledTensor>> read(const Value& root) const
    {
        const Container* dict = container(root, Shape::Dict);
        if (dict != nullptr)
            if (const Container* inner = find_dict(*dict, "state_dict"))
                dict = inner;
        if (dict == nullptr)
            return machine_.invalid("it holds no dict of tensors");
        std::vector<PickledTensor> tensors;
        for (std::size_t i = 0; i + 1 < dict->items.size(); i += 2) {
            if (dict->items[i].kind != Kind::Text)
                return machine_.invalid("a name of the state dict is no text");
            const std::string name(machine_.text_of(dict->items[i]));
            LYCEUM_ASSIGN(PickledTensor tensor, read_tensor(name, dict->items[i + 1]));
            tensors.push_back(std::move(tensor));
        }
        return tensors;
    }

private:
    const Container* container(const Value& value, Shape shape) const
    {
        const Container* found = machine_.container_of(value);
        return found != nullptr && found->shape == shape ? found : nullptr;
    }

    const Container* find_dict(const Container& dict, std::string_view key) const
    {
        for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
            if (machine_.text_of(dict.items[i]) == key)
                return container(dict.items[i + 1], Shape::Dict);
        return nullptr;
    }

    Result<PickledTensor> read_tensor(const std::string& name, const Value& value) const
    {
        const auto invalid = [&](const char* what) {
            return machine_.invalid("entry " + name + " of the state dict " + what);
        };
        const Container* arguments = container(value, Shape::Tensor);
        if (arguments == nullptr || arguments->items.size() < 4)
            return invalid("is no tensor");
        const Container* storage = container(arguments->items[0], Shape::Storage);
        const Container* shape = container(arguments->items[2], Shape::Tuple);
        const Container* strides = container(arguments->items[3], Shape::Tuple);
        if (storage == nullptr || shape == nullptr || strides == nullptr ||
            arguments->items[1].kind != Kind::Integer)
            return invalid("is a damaged tensor");
        const auto& id = storage->items; // "storage", type, key, device, number of elements
        if (machine_.text_of(id[0]) != "storage" || id[1].kind != Kind::Global ||
            id[2].kind != Kind::Text || id[4].kind != Kind::Integer)
            return invalid("has a damaged storage");
        PickledTensor tensor{.name = name,
                             .storage_type = std::string(PickleMachine::global_name(id[1])),
                             .key = std::string(machine_.text_of(id[2])),
                             .storage_elements = id[4].number,
                             .offset = arguments->items[1].number};
        if (!read_integers(*shape, tensor.shape) || !read_integers(*strides, tensor.strides) ||
            tensor.shape.size() != tensor.strides.size())
            return invalid("has damaged sizes or strides");
        return tensor;
    }

    static bool read_integers(const Container& tuple, std::vector<std::int64_t>& numbers)
    {
        constexpr std::size_t kMaxDims = 16;
        for (const Value& value : tuple.items) {
            if (value.kind != Kind::Integer || value.number < 0 || numbers.size() >= kMaxDims)
                return false;
            numbers.push_back(value.number);
        }
        return true;
    }

    const PickleMachine& machine_;
};

} // namespace

Result<std::vector<PickledTensor>> read_pickle(std::span<const std::byte> bytes,
                                               std::string_view source_name)
{
    PickleMachine machine(bytes, source_name);
    LYCEUM_ASSIGN(const Value root, machine.run());
    return StateDict(machine).read(root);
}

} // namespace lyceum::formats
