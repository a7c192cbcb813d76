#include <gtest/gtest.h>

#include <cstdlib>

/// Tells every test program where its build's programs and resources are, unless somebody said
/// otherwise, so that a test run by hand finds what ctest's finds.
int main(int argc, char** argv)
{
    ::setenv("LYCEUM_RESOURCES", LYCEUM_TEST_RESOURCES, 0);
    ::setenv("LYCEUM_BIN", LYCEUM_TEST_BIN, 0);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
