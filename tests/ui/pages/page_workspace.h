#pragma once

/// @file
/// A workspace with a real run store, for tests of pages: runs in every state, with curves and
/// checkpoints.

#include "core/store/run_store.h"

#include <QTemporaryDir>

#include <filesystem>
#include <memory>
#include <string>

namespace lyceum::test {

/// Gone with its folder when destroyed. The numbers in it agree with each other.
class PageWorkspace {
public:
    PageWorkspace();

    [[nodiscard]] std::filesystem::path path() const;
    [[nodiscard]] store::RunStore& store() { return *store_; }

    store::RunId addFinished(const std::string& name, double valLoss);
    store::RunId addTraining(const std::string& name); ///< As if this process were its engine.
    store::RunId addFailed(const std::string& name, const std::string& message);
    store::RunId addStopped(const std::string& name);
    store::RunId addLost(const std::string& name); ///< Its process is gone.
    /// Writes `text` to `name` in the workspace. @return its path.
    std::string addFile(const std::string& name, const std::string& text);

private:
    store::RunId add(const std::string& name, std::int64_t steps, std::int64_t total);
    void addCheckpoint(store::RunId run, const std::string& name, std::int64_t step, double valLoss,
                       bool isBest);

    QTemporaryDir folder_;
    std::unique_ptr<store::RunStore> store_;
    int made_ = 0;
};

} // namespace lyceum::test
