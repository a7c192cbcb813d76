#include "core/data/dataset.h"
#include "tests/core/data/temporary_folder.h"

#include <gtest/gtest.h>

namespace lyceum::data {
namespace {

using namespace std::string_literals;

/// The one problem of a file with this line.
RecordProblem problem_of(const std::string& line)
{
    const TemporaryFolder folder;
    const auto file = read_records(folder.write("a.jsonl", line + "\n"));
    EXPECT_TRUE(file) << file.error().message;
    EXPECT_EQ(file.value().records.size(), 0U) << line;
    EXPECT_EQ(file.value().problems.size(), 1U) << line;
    return file.value().problems.empty() ? RecordProblem{} : file.value().problems.front();
}

std::string dialogue(const std::string& messages)
{
    return "{\"messages\": [" + messages + "]}";
}

Error error_of(const std::string& name, const std::string& content)
{
    const TemporaryFolder folder;
    const auto file = read_records(folder.write(name, content));
    return file ? Error{ErrorCode::Cancelled, "it was accepted", ""} : file.error();
}

TEST(ReadRecords, ReadsAllThreeShapes)
{
    const TemporaryFolder folder;
    const auto path = folder.write(
        "a.jsonl",
        "\xEF\xBB\xBF{\"text\": \"one\"}\r\n\n"
        "{\"prompt\": \"2 + 2?\", \"completion\": \"4\", \"answer\": 4, \"topic\": \"sum\"}\r\n"
        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"user\", "
        "\"content\": \"b\"}, {\"role\": \"assistant\", \"content\": \"c\"}]}");
    const auto read = read_records(path);
    ASSERT_TRUE(read) << read.error().message;
    const std::vector<Record>& records = read.value().records;
    EXPECT_TRUE(read.value().problems.empty());
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].text, "one");
    EXPECT_EQ(records[0].line, 1U);
    ASSERT_EQ(records[1].messages.size(), 2U);
    EXPECT_EQ(records[1].messages[0].role, "user");
    EXPECT_EQ(records[1].messages[1].content, "4");
    EXPECT_EQ(records[1].answer, "4");
    EXPECT_EQ(records[1].line, 3U);
    EXPECT_NE(records[1].extra_json.find("\"topic\""), std::string::npos);
    EXPECT_EQ(records[2].messages.size(), 3U);
    EXPECT_EQ(read.value().sha256.size(), 64U);
}

TEST(ReadRecords, NamesLineFieldProblemAndRepair)
{
    const TemporaryFolder folder;
    const auto path = folder.write("a.jsonl", "{\"text\": \"fine\"}\n{\"text\": 5}\n");
    const auto read = read_records(path);
    ASSERT_TRUE(read);
    EXPECT_EQ(read.value().records.size(), 1U);
    ASSERT_EQ(read.value().problems.size(), 1U);
    const RecordProblem& problem = read.value().problems.front();
    EXPECT_EQ(problem.file, path.string());
    EXPECT_EQ(problem.line, 2U);
    EXPECT_EQ(problem.field, "text");
    EXPECT_EQ(problem.problem, "is a number, not a text");
    EXPECT_FALSE(problem.repair.empty());
}

TEST(ReadRecords, FindsWhatIsWrongWithARecord)
{
    const auto expect = [](const std::string& line, const std::string& field,
                           const std::string& part) {
        const RecordProblem problem = problem_of(line);
        EXPECT_EQ(problem.field, field) << line;
        EXPECT_NE(problem.problem.find(part), std::string::npos) << line << problem.problem;
        EXPECT_FALSE(problem.repair.empty());
    };
    const std::string user = R"({"role": "user", "content": "a"})";
    const std::string assistant = R"({"role": "assistant", "content": "b"})";
    expect("{\"text\": ", "", "is not JSON");
    expect("{\"text\": \"a\", \"text\": \"b\"}", "", "is not JSON");
    expect("5", "", "is a number, not an object");
    expect("{}", "", "has none of");
    expect(R"({"text": "a", "prompt": "b"})", "", "more than one");
    expect(R"({"text": " \n"})", "text", "is empty");
    expect(R"({"text": "a\u0000b"})", "text", "NUL");
    expect(R"({"prompt": "a"})", "completion", "is missing");
    expect(R"({"messages": "a"})", "messages", "not a list");
    expect(dialogue(""), "messages", "is empty");
    expect(dialogue("5, " + assistant), "messages[0]", "not an object");
    expect(dialogue(R"({"content": "a"}, )" + assistant), "messages[0].role", "is missing");
    expect(dialogue(R"({"role": "human", "content": "a"}, )" + assistant), "messages[0].role",
           "\"human\", which is not a role");
    expect(dialogue(user + R"(, {"role": "system", "content": "a"}, )" + assistant),
           "messages[1].role", "only the first");
    expect(dialogue(R"({"role": "user", "content": null}, )" + assistant), "messages[0].content",
           "is null");
    expect(dialogue(user + R"(, {"role": "assistant", "content": ""})"), "messages[1].content",
           "is empty");
    expect(dialogue(user), "messages", "ends with the role \"user\"");
    expect(R"({"text": "a", "answer": [1]})", "answer", "is a list");
    expect("{\"text\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}", "",
           "is not JSON");
    EXPECT_EQ(problem_of(dialogue(R"({"role": "human", "content": "a"}, )" + assistant)).repair,
              "Write \"user\".");
    EXPECT_EQ(problem_of(R"({"instruction": "a", "output": "b"})").repair,
              "Rename \"instruction\" to \"prompt\" and \"output\" to \"completion\".");
}

TEST(ReadRecords, RefusesFilesThatAreNotRecords)
{
    EXPECT_NE(error_of("a.jsonl", "").message.find("is empty"), std::string::npos);
    EXPECT_NE(error_of("a.jsonl", " \n\n").message.find("is empty"), std::string::npos);
    EXPECT_NE(error_of("a.jsonl", "[{\"text\": \"a\"}]").message.find("JSON list"),
              std::string::npos);
    const Error latin1 = error_of("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"caf\xE9\"}\n");
    EXPECT_EQ(latin1.code, ErrorCode::InvalidData);
    EXPECT_NE(latin1.message.find("offset 27, line 2"), std::string::npos) << latin1.message;
    EXPECT_EQ(error_of("a.docx", "x").code, ErrorCode::Unsupported);
    EXPECT_EQ(read_records("/nonexistent/a.jsonl").error().code, ErrorCode::NotFound);
}

TEST(ReadRecords, ReadsTextByBlocks)
{
    const TemporaryFolder folder;
    const auto read = read_records(folder.write("a.md", "# A\nline\r\n\n\n \nsecond\n"));
    ASSERT_TRUE(read);
    ASSERT_EQ(read.value().records.size(), 2U);
    EXPECT_EQ(read.value().records[0].text, "# A\nline");
    EXPECT_EQ(read.value().records[1].text, "second");
    EXPECT_EQ(read.value().records[1].line, 6U);
}

TEST(ToError, ShowsFiveProblemsAndCountsTheRest)
{
    std::vector<RecordProblem> problems;
    for (std::size_t i = 1; i <= 8; ++i)
        problems.push_back({"f.jsonl", i, "text", "is empty", "Fill it in."});
    const Error error = to_error(problems);
    EXPECT_EQ(error.code, ErrorCode::InvalidData);
    EXPECT_NE(error.message.find("f.jsonl, line 5: text is empty. Fill it in."), std::string::npos);
    EXPECT_EQ(error.message.find("line 6"), std::string::npos);
    EXPECT_NE(error.message.find("and 3 more"), std::string::npos);
}

} // namespace
} // namespace lyceum::data
