#pragma once

#include "core/trackers/append_file.h"
#include "core/trackers/mlflow_api.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace lyceum::trackers {

/// What goes to an MLflow server, on disk first: spool.jsonl grows by a line a record, state.json
/// says how far the server has it. So nothing is lost while the server is away or when the process
/// ends, and a point is never there twice.
///
/// A line is one of {"params": {name: text}}, {"step", "time", "metrics": {name: number}},
/// {"step", "file", "text"} and {"status", "time"}; times in milliseconds.
class MlflowSpool {
public:
    /// Opens or creates both; cuts off a half-written line. @return Io, DiskFull.
    [[nodiscard]] Result<void> open(const std::filesystem::path& folder);
    [[nodiscard]] bool is_open() const { return file_.is_open(); }

    [[nodiscard]] Result<void> append(const nlohmann::json& line);
    /// True when that step of that metric (or "file") is here already: a resumed run computes it
    /// again, to the same bits.
    [[nodiscard]] bool has(const std::string& name, std::int64_t step) const;
    [[nodiscard]] bool has_params() const { return has_params_; }
    [[nodiscard]] const std::string& last_status() const { return last_status_; }
    [[nodiscard]] bool is_empty() const { return num_lines_ == 0; }
    [[nodiscard]] std::uint64_t num_waiting() const { return num_lines_ - num_pushed_; }

    /// Lines that go in one request.
    struct Batch {
        nlohmann::json body; ///< Of log_batch; or the one line that is none.
        bool is_batch = false;
        std::uint64_t end = 0;
        std::uint64_t num_lines = 0;
    };
    /// The next ones that wait. @return InvalidData when the file is damaged.
    [[nodiscard]] Result<Batch> next() const;
    [[nodiscard]] Result<void> mark_pushed(const Batch& batch);

    /// This run at a server. Another server gets everything from the beginning.
    [[nodiscard]] Result<void> use_server(const std::string& origin, const std::string& experiment);
    [[nodiscard]] Result<void> set_run(const MlflowRun& run);
    [[nodiscard]] const MlflowRun& run() const { return run_; }
    [[nodiscard]] const std::string& uid() const { return uid_; }

private:
    [[nodiscard]] Result<void> read_state();
    [[nodiscard]] Result<void> write_state() const;
    void note(const nlohmann::json& line);

    std::filesystem::path folder_;
    AppendFile file_;
    std::uint64_t num_lines_ = 0;
    std::uint64_t num_pushed_ = 0;
    std::uint64_t pushed_bytes_ = 0;
    std::map<std::string, std::int64_t, std::less<>> last_steps_;
    bool has_params_ = false;
    std::string last_status_;
    std::string uid_, origin_, experiment_;
    MlflowRun run_;
};

} // namespace lyceum::trackers
