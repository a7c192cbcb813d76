#pragma once

/// @file
/// What the Trainer's header names and does not need to know.

namespace torch::nn {
class Module;
}
namespace lyceum::checkpoint {
struct Checkpoint;
}
namespace lyceum::data {
struct EncodedDataset;
}
namespace lyceum::loader {
class DataModule;
class DataLoader;
} // namespace lyceum::loader
namespace lyceum::optim {
struct NamedTensor;
class Schedule;
} // namespace lyceum::optim
namespace lyceum::strategy {
class Strategy;
}
namespace lyceum::task {
class Task;
}
