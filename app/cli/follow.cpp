#include "app/cli/follow.h"

#include "app/cli/progress_line.h"
#include "app/cli/signals.h"
#include "core/jobs/run_figures.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

namespace lyceum::cli {
namespace {

using namespace std::chrono_literals;

// 0 when standard error is no terminal.
int terminal_width()
{
    winsize size{};
    if (!::isatty(STDERR_FILENO) || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col > 1 ? size.ws_col - 1 : 79;
}

class Follower {
public:
    Follower(jobs::Jobs& jobs, store::RunRow run, std::int64_t last_event)
        : jobs_(jobs), run_(std::move(run)), width_(terminal_width()), last_event_(last_event)
    {
    }

    Result<void> update()
    {
        const std::int64_t change = jobs_.store().change_counter();
        LYCEUM_ASSIGN(run_, jobs_.store().run(run_.id));
        if (change == last_change_)
            return {};
        last_change_ = change;
        LYCEUM_TRY(show_events());
        return show_progress();
    }

    void end_line()
    {
        if (width_ > 0)
            std::fputs("\r\033[K", stderr);
    }

    [[nodiscard]] const store::RunRow& run() const { return run_; }

private:
    Result<void> show_events()
    {
        LYCEUM_ASSIGN(const std::vector<store::Event> events,
                      jobs_.store().events(run_.id, last_event_));
        for (const store::Event& event : events) {
            end_line();
            say(event.text);
            last_event_ = event.id;
        }
        return {};
    }

    Result<void> show_progress()
    {
        const bool is_paused = run_.status == store::RunStatus::Paused;
        ProgressView view{.phase = std::string{is_paused ? store::to_string(run_.status)
                                                         : store::to_string(run_.phase)},
                          .step = run_.step,
                          .total_steps = run_.total_steps};
        LYCEUM_ASSIGN(const auto figures, jobs::run_figures(jobs_.store(), run_));
        view.train_loss = figures.train_loss;
        view.val_loss = figures.val_loss;
        view.tokens_per_second = figures.tokens_per_second;
        view.seconds_left = figures.seconds_left;
        print(view);
        return {};
    }

    // A terminal gets one line that changes; a log gets about twenty.
    void print(const ProgressView& view)
    {
        if (width_ > 0) {
            std::fprintf(stderr, "\r\033[K%s", progress_line(view, width_).c_str());
            std::fflush(stderr);
            return;
        }
        const std::int64_t stride = std::max<std::int64_t>(1, view.total_steps / 20);
        if (view.step > 0 && (view.step >= last_printed_ + stride ||
                              (view.step == view.total_steps && view.step > last_printed_))) {
            say(progress_line(view, 0));
            last_printed_ = view.step;
        }
    }

    jobs::Jobs& jobs_;
    store::RunRow run_;
    int width_;
    std::int64_t last_event_;
    std::int64_t last_change_ = -1;
    std::int64_t last_printed_ = 0;
};

Error why_it_ended(const store::RunRow& run)
{
    if (run.status == store::RunStatus::Lost)
        return {ErrorCode::Io, "Run " + run.name + " is lost: its process ended without a word.",
                "Go on from its last checkpoint: lyceum runs resume " + run.name};
    return {ErrorCode::Io,
            "Run " + run.name + " failed" +
                (run.message.empty() ? std::string{"."} : ": " + run.message),
            run.hint.empty() ? "Its log says more: lyceum runs log " + run.name : run.hint};
}

void print_summary(const store::RunRow& run, const Context& context)
{
    const Json summary = Json::parse(run.summary_json, nullptr, false);
    if (context.json) {
        print_json(summary.is_object()
                       ? summary
                       : Json{{"run", run.name}, {"status", store::to_string(run.status)}});
        return;
    }
    std::string line = "Run " + run.name + " " + std::string{store::to_string(run.status)} +
                       " at step " + std::to_string(run.step);
    for (const char* name : {"train_loss", "val_loss", "perplexity", "tokens_per_second"}) {
        if (summary.is_object() && summary.contains(name) && summary[name].is_number())
            line += ", " + std::string{name} + " " +
                    Json(std::round(summary[name].get<double>() * 1e4) / 1e4).dump();
    }
    print_line(line + ".");
    print_line("Everything of it is in " + run.folder.string());
}

int report_end(const store::RunRow& run, bool by_signal, const Context& context)
{
    if (run.status == store::RunStatus::Failed || run.status == store::RunStatus::Lost) {
        const Error error = why_it_ended(run);
        say("error: " + error.message);
        say("       " + error.hint);
        if (context.json)
            print_json({{"run", run.name},
                        {"status", store::to_string(run.status)},
                        {"error", {{"message", error.message}, {"hint", error.hint}}}});
        return kFailed;
    }
    print_summary(run, context);
    return by_signal && run.status == store::RunStatus::Stopped ? kStoppedBySignal : kDone;
}

Result<int> follow_until_end(jobs::Jobs& jobs, Follower& follower, bool already_asked,
                             const Context& context)
{
    const StopSignals signals;
    int handled = 0;
    while (true) {
        LYCEUM_TRY(follower.update());
        if (!store::is_active(follower.run().status))
            break;
        if (signals.count() > handled) {
            follower.end_line();
            if (++handled > (already_asked ? 0 : 1))
                return leave_running(follower.run(), context);
            say("Stopping, and saving first; Ctrl-C again leaves it to do that alone.");
            LYCEUM_TRY(jobs.ask(follower.run().name, store::CommandKind::Stop));
        }
        std::this_thread::sleep_for(100ms);
    }
    LYCEUM_TRY(follower.update());
    follower.end_line();
    return report_end(follower.run(), handled > 0 && !already_asked, context);
}

} // namespace

Result<std::int64_t> last_event(jobs::Jobs& jobs, store::RunId run)
{
    LYCEUM_ASSIGN(const std::vector<store::Event> events, jobs.store().events(run));
    return events.empty() ? std::int64_t{0} : events.back().id;
}

Result<int> follow(jobs::Jobs& jobs, const store::RunRow& run, std::int64_t after_event,
                   const Context& context)
{
    Follower follower{jobs, run, after_event};
    say("Run " + run.name + " (" + run.folder.string() + ")");
    return follow_until_end(jobs, follower, false, context);
}

Result<int> stop_and_follow(jobs::Jobs& jobs, const store::RunRow& run, const Context& context)
{
    if (!store::is_active(run.status))
        return Error{ErrorCode::Io,
                     "Run " + run.name + " is not running: it is " +
                         std::string{store::to_string(run.status)} + ".",
                     "See: lyceum runs list"};
    LYCEUM_ASSIGN(const auto history, last_event(jobs, run.id));
    Follower follower{jobs, run, history};
    LYCEUM_TRY(jobs.ask(run.name, store::CommandKind::Stop));
    return follow_until_end(jobs, follower, true, context);
}

int leave_running(const store::RunRow& run, const Context& context)
{
    say("Run " + run.name + " goes on by itself.");
    say("See it: lyceum runs show " + run.name + "; stop it: lyceum runs stop " + run.name);
    if (context.json)
        print_json({{"run", run.name},
                    {"status", store::to_string(run.status)},
                    {"folder", run.folder.string()}});
    return kDone;
}

} // namespace lyceum::cli
