#include "core/serve/http_server.h"

#include "core/serve/api.h"
#include "core/serve/model_queue.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <ctime>

namespace lyceum::serve {
namespace {

constexpr std::size_t kMaxRequestBytes = 1 << 20;
/// How often a connection that waits for the model looks whether its client is still there.
constexpr std::chrono::milliseconds kPoll{200};

bool is_loopback(const std::string& host)
{
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// In a time that does not depend on where they differ.
bool same(std::string_view given, std::string_view wanted)
{
    unsigned difference = given.size() == wanted.size() ? 0U : 1U;
    for (std::size_t i = 0; i < std::min(given.size(), wanted.size()); ++i)
        difference |= static_cast<unsigned>(given[i] ^ wanted[i]);
    return difference == 0U;
}

/// The name in a Host header: "localhost:8080", "[::1]:8080".
std::string host_of(const std::string& header)
{
    if (header.starts_with('['))
        return header.substr(1, header.find(']') - 1);
    return header.substr(0, header.find(':'));
}

void refuse(httplib::Response& response, int status, const Error& error)
{
    response.status = status;
    response.set_content(error_json(error), "application/json");
}

std::string reason_of(int status)
{
    if (status == 404)
        return "There is nothing at this address";
    if (status == 413)
        return "The request is larger than " + std::to_string(kMaxRequestBytes) + " bytes";
    return "The request was refused with status " + std::to_string(status);
}

/// Writes an answer as it comes. @return false when the client has gone or the server stops.
bool stream_answer(Ticket& ticket, const AnswerHead& head, httplib::DataSink& sink,
                   const std::atomic<bool>& stopped)
{
    const auto send = [&](const std::string& text) {
        return text.empty() || sink.write(text.data(), text.size());
    };
    if (!send(first_event(head)))
        return false;
    while (true) {
        const Ticket::News news = ticket.next(kPoll);
        if (!news.text.empty() && !send(text_event(head, news.text)))
            return false;
        if (stopped || !sink.is_writable())
            return false;
        if (!news.ended)
            continue;
        const Result<Ticket::Outcome> outcome = ticket.outcome();
        if (!outcome)
            return send(error_event(outcome.error()));
        return send(last_event(head, outcome.value().finish_reason, outcome.value().usage));
    }
}

/// Waits for the whole answer and writes it. @return false when the client has gone or the server
/// stops.
bool send_answer(Ticket& ticket, const AnswerHead& head, httplib::DataSink& sink,
                 const std::atomic<bool>& stopped)
{
    std::string text;
    while (true) {
        const Ticket::News news = ticket.next(kPoll);
        text += news.text;
        if (stopped || !sink.is_writable())
            return false;
        if (!news.ended)
            continue;
        const Result<Ticket::Outcome> outcome = ticket.outcome();
        const std::string body =
            outcome ? answer_json(head, text, outcome.value().finish_reason, outcome.value().usage)
                    : error_json(outcome.error());
        return sink.write(body.data(), body.size());
    }
}

} // namespace

struct HttpServer::Impl {
    httplib::Server server;
    ServeOptions options;
    std::string url;
    std::atomic<std::uint64_t> num_answers = 0;
    std::atomic<bool> stopped = false;
    std::int64_t started = std::time(nullptr);

    /// Before anything is looked at. @return false when the response is a refusal.
    bool admit(const httplib::Request& request, httplib::Response& response) const;
    void complete(Endpoint endpoint, ModelQueue& queue, const httplib::Request& request,
                  httplib::Response& response);
};

bool HttpServer::Impl::admit(const httplib::Request& request, httplib::Response& response) const
{
    if (!options.api_key.empty()) {
        if (same(request.get_header_value("Authorization"), "Bearer " + options.api_key))
            return true;
        response.set_header("WWW-Authenticate", "Bearer");
        refuse(response, 401,
               {ErrorCode::InvalidData, "The API key is missing or wrong",
                "Send it as: Authorization: Bearer KEY"});
        return false;
    }
    // A page in a browser must not reach a model on this machine by giving its own name our
    // address.
    if (is_loopback(host_of(request.get_header_value("Host"))))
        return true;
    refuse(response, 403,
           {ErrorCode::InvalidData, "The Host header does not name this machine",
            "Use the address the server printed."});
    return false;
}

void HttpServer::Impl::complete(Endpoint endpoint, ModelQueue& queue,
                                const httplib::Request& request, httplib::Response& response)
{
    // Browsers ask first before they send this type to another origin, and are not answered.
    if (!request.get_header_value("Content-Type").starts_with("application/json")) {
        refuse(response, 415,
               {ErrorCode::InvalidData, "The request is not of the type application/json",
                "Send the header Content-Type: application/json."});
        return;
    }
    const Result<CompletionRequest> parsed = parse_request(endpoint, request.body);
    if (!parsed) {
        refuse(response, http_status(parsed.error().code), parsed.error());
        return;
    }
    const Result<std::shared_ptr<Ticket>> submitted = queue.submit(parsed.value());
    if (!submitted) {
        refuse(response, http_status(submitted.error().code), submitted.error());
        return;
    }
    const AnswerHead head{.endpoint = endpoint,
                          .id = (endpoint == Endpoint::Chat ? "chatcmpl-" : "cmpl-") +
                                std::to_string(started) + "-" + std::to_string(++num_answers),
                          .model = queue.model_name(),
                          .created = std::time(nullptr)};
    const std::shared_ptr<Ticket> ticket = submitted.value();
    const bool stream = parsed.value().stream;
    response.set_chunked_content_provider(
        stream ? "text/event-stream" : "application/json",
        [this, ticket, head, stream](std::size_t, httplib::DataSink& sink) {
            const bool sent = stream ? stream_answer(*ticket, head, sink, stopped)
                                     : send_answer(*ticket, head, sink, stopped);
            if (sent)
                sink.done();
            return sent;
        },
        [ticket](bool) { ticket->cancel(); });
}

Result<std::unique_ptr<HttpServer>> HttpServer::bind(const ServeOptions& options)
{
    if (!is_loopback(options.host) && options.api_key.empty())
        return Error{ErrorCode::InvalidConfig,
                     "Serving on " + options.host + " is open to other machines and needs a key",
                     "Add --api-key KEY, or leave --host out to serve this machine only."};
    auto impl = std::make_unique<Impl>();
    impl->options = options;
    impl->server.set_payload_max_length(kMaxRequestBytes);
    impl->server.set_tcp_nodelay(true); // A token is a small packet.
    impl->server.set_keep_alive_timeout(
        2); // Seconds; an idle connection holds up a stop this long.
    // Only one server may have a port: the library's own choice, SO_REUSEPORT, would let two share
    // it.
    impl->server.set_socket_options([](socket_t socket) {
        const int yes = 1;
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    int port = options.port;
    if (port == 0)
        port = impl->server.bind_to_any_port(options.host);
    else if (!impl->server.bind_to_port(options.host, port))
        port = -1;
    if (port < 0)
        return Error{ErrorCode::Io,
                     "Cannot listen on " + options.host + " port " + std::to_string(options.port),
                     "Another program may use the port: choose another, or 0 for any free one."};
    const bool is_v6 = options.host.find(':') != std::string::npos;
    impl->url =
        "http://" + (is_v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(port);
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

const std::string& HttpServer::url() const noexcept
{
    return impl_->url;
}

void HttpServer::run(ModelQueue& queue)
{
    using httplib::Request;
    using httplib::Response;
    using Handled = httplib::Server::HandlerResponse;
    Impl& impl = *impl_;
    impl.server.set_pre_routing_handler([&impl](const Request& request, Response& response) {
        return impl.admit(request, response) ? Handled::Unhandled : Handled::Handled;
    });
    impl.server.set_error_handler([](const Request&, Response& response) {
        if (response.body.empty())
            refuse(response, response.status,
                   {ErrorCode::InvalidData, reason_of(response.status), ""});
    });
    impl.server.Get("/health", [](const Request&, Response& response) {
        response.set_content("{\"status\":\"ok\"}", "application/json");
    });
    impl.server.Get("/v1/models", [&impl, &queue](const Request&, Response& response) {
        response.set_content(models_json(queue.model_name(), impl.started), "application/json");
    });
    impl.server.Post("/v1/chat/completions",
                     [&impl, &queue](const Request& request, Response& response) {
                         impl.complete(Endpoint::Chat, queue, request, response);
                     });
    impl.server.Post("/v1/completions",
                     [&impl, &queue](const Request& request, Response& response) {
                         impl.complete(Endpoint::Completion, queue, request, response);
                     });
    if (!impl.stopped)
        impl.server.listen_after_bind();
}

void HttpServer::stop()
{
    impl_->stopped = true;
    impl_->server.stop();
}

} // namespace lyceum::serve
