#include "app/engine/output.h"
#include "app/engine/stop_signal.h"
#include "app/engine/verb.h"
#include "core/nn/causal_lm.h"
#include "core/serve/http_server.h"
#include "core/serve/model_queue.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <thread>

namespace lyceum::engine {
namespace {

/// Requests that wait beyond the one that runs.
constexpr std::size_t kMaxWaiting = 32;

struct ServeArguments {
    std::string model;
    serve::ServeOptions options;
    bool exit_with_parent = false;
};

Result<void> follow_parent()
{
    const pid_t parent = getppid();
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
        return Error{ErrorCode::Cancelled, "The program that started this server has ended", ""};
    return {};
}

Result<int> run(const ServeArguments& arguments, const Context& context)
{
    StopSignal stop_signal;
    if (arguments.exit_with_parent)
        LYCEUM_TRY(follow_parent());
    LYCEUM_ASSIGN(const std::unique_ptr<serve::HttpServer> server,
                  serve::HttpServer::bind(arguments.options));
    LYCEUM_ASSIGN(models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    LYCEUM_ASSIGN(std::shared_ptr<nn::CausalLm> model, nn::load_causal_lm(package));
    std::atomic<bool> ended = false;
    std::thread stopper([&] {
        stop_signal.wait();
        // Again, should the signal have come just before the server began to listen.
        for (; !ended; std::this_thread::sleep_for(std::chrono::milliseconds(50)))
            server->stop();
    });
    {
        serve::ModelQueue queue(std::move(model), std::move(package), kMaxWaiting);
        if (context.json)
            print_json({{"url", server->url()}, {"model", queue.model_name()}});
        else
            std::cout << "Serving " << queue.model_name() << " at " << server->url()
                      << "/v1 (Ctrl-C stops)" << std::endl;
        server->run(queue);
        ended = true;
    }
    stop_signal.release(); // Should the server have ended by itself.
    stopper.join();
    return 130;
}

} // namespace

Verb serve_verb()
{
    return {"serve", "Answer over HTTP, as OpenAI's API does", [](CLI::App& command) {
                auto arguments = std::make_shared<ServeArguments>();
                serve::ServeOptions& options = arguments->options;
                command.add_option("model", arguments->model, "A model, run, checkpoint or file")
                    ->required();
                command.add_option("--port", options.port, "0 takes any free port")
                    ->check(CLI::Range(0, 65535))
                    ->required();
                command.add_option("--host", options.host,
                                   "Address to listen on (127.0.0.1: this machine only)");
                command.add_option("--api-key", options.api_key,
                                   "Asked of every request; needed beyond this machine");
                command.add_flag("--exit-with-parent", arguments->exit_with_parent,
                                 "End when the program that started this one does");
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine
