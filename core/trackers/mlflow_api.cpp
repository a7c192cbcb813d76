#include "core/trackers/mlflow_api.h"

#include "core/formats/json.h"

#include <array>

namespace lyceum::trackers {

using nlohmann::json;

namespace {

constexpr std::string_view kRoot = "/api/2.0/mlflow/";
constexpr std::string_view kArtifacts = "/api/2.0/mlflow-artifacts/artifacts/";
constexpr std::string_view kProxied = "mlflow-artifacts:/";

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~/";
    std::string encoded;
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        const bool is_plain = (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
                              (code >= 'a' && code <= 'z') ||
                              kPlain.find(character) != std::string_view::npos;
        if (is_plain)
            encoded += character;
        else
            encoded += {'%', kDigits[code >> 4], kDigits[code & 15]};
    }
    return encoded;
}

/// The server's own words, shortened: they come from outside.
std::string words_of(const HttpAnswer& answer)
{
    constexpr std::size_t kLongest = 200;
    const auto parsed = formats::parse_json(answer.body, "the answer");
    std::string words;
    if (parsed && parsed.value().is_object())
        if (const auto text = formats::JsonObject(parsed.value(), "").string_or("message", ""))
            words = text.value();
    for (char& character : words)
        character = static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
    return words.empty() ? "" : ": " + words.substr(0, kLongest);
}

Error refusal(const std::string& origin, const HttpAnswer& answer)
{
    const auto status = "status " + std::to_string(answer.status);
    if (answer.status == 401 || answer.status == 403)
        return {ErrorCode::InvalidConfig,
                "The MLflow server " + origin + " refuses this user (" + status + ").",
                "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and "
                "MLFLOW_TRACKING_PASSWORD, and then: lyceum runs push RUN"};
    if (answer.status == 429 || answer.status >= 500)
        return {ErrorCode::Io,
                "The MLflow server " + origin + " is busy or broken (" + status + ").", ""};
    return {answer.status == 404 ? ErrorCode::NotFound : ErrorCode::InvalidData,
            "The MLflow server " + origin + " refuses a request (" + status + ")" +
                words_of(answer) + ".",
            "Check that it is an MLflow server; what is not sent stays in the run's folder."};
}

Result<json> parsed_answer(const std::string& origin, const HttpAnswer& answer)
{
    auto parsed = formats::parse_json(answer.body, "the answer of " + origin);
    if (parsed && parsed.value().is_object())
        return parsed;
    return Error{ErrorCode::Io, "The server " + origin + " answers, but not as MLflow does.",
                 "Check MLFLOW_TRACKING_URI."};
}

Result<std::string> text_at(const json& answer, const std::string& pointer)
{
    const auto* member = &answer;
    for (std::size_t begin = 0; begin <= pointer.size();) {
        const auto end = std::min(pointer.find('.', begin), pointer.size());
        const auto key = pointer.substr(begin, end - begin);
        if (!member->is_object() || !member->contains(key))
            return Error{ErrorCode::Io, "The MLflow server's answer has no " + pointer + ".", ""};
        member = &(*member)[key];
        begin = end + 1;
    }
    constexpr std::size_t kLongest = 4096;
    if (!member->is_string() || member->get_ref<const std::string&>().size() > kLongest)
        return Error{ErrorCode::Io, "The MLflow server's answer has no text in " + pointer + ".",
                     ""};
    return member->get<std::string>();
}

Result<MlflowRun> run_of(const json& run)
{
    MlflowRun result;
    LYCEUM_ASSIGN(result.experiment_id, text_at(run, "info.experiment_id"));
    LYCEUM_ASSIGN(result.run_id, text_at(run, "info.run_id"));
    LYCEUM_ASSIGN(result.artifact_uri, text_at(run, "info.artifact_uri"));
    return result;
}

} // namespace

Result<json> MlflowApi::call(const std::string& method, const std::string& path, const json& body)
{
    LYCEUM_ASSIGN(const auto answer,
                  client_.send({.method = method,
                                .path = std::string(kRoot) + path,
                                .body = body.is_null() ? "" : formats::dump_json(body)}));
    if (answer.status != 200)
        return refusal(origin(), answer);
    return parsed_answer(origin(), answer);
}

Result<std::string> MlflowApi::experiment(const std::string& name)
{
    const auto path = "experiments/get-by-name?experiment_name=" + percent_encoded(name);
    const auto found = call("GET", path);
    if (found)
        return text_at(found.value(), "experiment.experiment_id");
    if (found.error().code != ErrorCode::NotFound)
        return found.error();
    LYCEUM_ASSIGN(const auto made, call("POST", "experiments/create", {{"name", name}}));
    return text_at(made, "experiment_id");
}

Result<std::optional<MlflowRun>> MlflowApi::find_run(const std::string& experiment_id,
                                                     const std::string& uid)
{
    LYCEUM_ASSIGN(const auto answer, call("POST", "runs/search",
                                          {{"experiment_ids", json::array({experiment_id})},
                                           {"filter", "tags.\"lyceum.uid\" = '" + uid + "'"},
                                           {"max_results", 1}}));
    if (!answer.contains("runs") || !answer["runs"].is_array() || answer["runs"].empty())
        return std::optional<MlflowRun>();
    LYCEUM_ASSIGN(auto run, run_of(answer["runs"][0]));
    return std::optional(std::move(run));
}

Result<MlflowRun> MlflowApi::create_run(const NewRun& run)
{
    const auto tag = [](const char* key, const std::string& value) {
        return json{{"key", key}, {"value", value}};
    };
    LYCEUM_ASSIGN(
        const auto answer,
        call("POST", "runs/create",
             {{"experiment_id", run.experiment_id},
              {"run_name", run.name},
              {"start_time", run.start_time},
              {"tags", json::array({tag("lyceum.uid", run.uid), tag("mlflow.runName", run.name),
                                    tag("mlflow.source.name", "lyceum"),
                                    tag("mlflow.source.type", "LOCAL")})}}));
    if (!answer.contains("run"))
        return Error{ErrorCode::Io, "The MLflow server's answer has no run.", ""};
    return run_of(answer["run"]);
}

Result<void> MlflowApi::log_batch(const std::string& run_id, json batch)
{
    batch["run_id"] = run_id;
    LYCEUM_TRY(call("POST", "runs/log-batch", batch));
    return {};
}

Result<void> MlflowApi::set_status(const std::string& run_id, std::string_view status,
                                   std::int64_t end_time)
{
    json body = {{"run_id", run_id}, {"status", status}};
    if (end_time > 0)
        body["end_time"] = end_time;
    LYCEUM_TRY(call("POST", "runs/update", body));
    return {};
}

Result<void> MlflowApi::put_text(const MlflowRun& run, const std::string& path,
                                 const std::string& text)
{
    if (!run.artifact_uri.starts_with(kProxied))
        return Error{ErrorCode::Unsupported,
                     "The MLflow server keeps files at " + run.artifact_uri + ".", ""};
    const auto root = run.artifact_uri.substr(kProxied.size());
    LYCEUM_ASSIGN(const auto answer,
                  client_.send({.method = "PUT",
                                .path = std::string(kArtifacts) + percent_encoded(root) + "/" +
                                        percent_encoded(path),
                                .body = text,
                                .content_type = "text/plain"}));
    if (answer.status != 200)
        return refusal(origin(), answer);
    return {};
}

} // namespace lyceum::trackers
