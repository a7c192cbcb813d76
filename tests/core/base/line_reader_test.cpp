#include "core/base/line_reader.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace lyceum {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LineReaderTest : public testing::Test {
protected:
    /// Every line of a file, or the message of the error that ended it as the last.
    std::vector<std::string> lines_of(std::string_view content)
    {
        auto reader = LineReader::open(folder_.write("lines.txt", content));
        EXPECT_TRUE(reader) << reader.error().message;
        std::vector<std::string> lines;
        while (true) {
            const auto line = reader.value().next();
            if (!line)
                lines.push_back(line.error().message);
            if (!line || !line.value())
                return lines;
            lines.push_back(*line.value());
            EXPECT_EQ(reader.value().line(), lines.size());
        }
    }

    test::TemporaryFolder folder_;
};

TEST_F(LineReaderTest, GivesEveryLineWithoutItsEnd)
{
    EXPECT_THAT(lines_of("a\nb\n"), ElementsAre("a", "b"));
    EXPECT_THAT(lines_of("\xEF\xBB\xBF"
                         "a\r\n\r\nb"),
                ElementsAre("a", "", "b"));
    EXPECT_THAT(lines_of(""), ElementsAre());
    EXPECT_THAT(lines_of("\n"), ElementsAre(""));
}

TEST_F(LineReaderTest, ALineMayCrossTheBlocksItIsReadIn)
{
    const std::string longer(200'000, 'x');
    EXPECT_THAT(lines_of("a\n" + longer + "\n\nend"), ElementsAre("a", longer, "", "end"));
}

TEST_F(LineReaderTest, NamesTheLineThatIsNotUtf8OrTooLong)
{
    EXPECT_THAT(lines_of("a\nb\xFF"
                         "c\n")
                    .back(),
                testing::AllOf(HasSubstr("lines.txt, line 2"), HasSubstr("byte 2")));
    const std::string endless((std::size_t{17} << 20U), 'x');
    EXPECT_THAT(lines_of("a\n" + endless).back(),
                testing::AllOf(HasSubstr("line 2"), HasSubstr("longer than 16")));
}

TEST_F(LineReaderTest, AFolderOrAMissingFileIsAnError)
{
    EXPECT_FALSE(LineReader::open(folder_.path()));
    const auto missing = LineReader::open(folder_.path() / "none.txt");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
}

} // namespace
} // namespace lyceum
