#include "core/metrics/perplexity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lyceum::metrics {
namespace {

TEST(MeanLoss, WeighsEveryTokenAlike)
{
    MeanLoss loss;
    loss.add(8.0, 4); // 2 nats each
    loss.add(1.0, 1);
    EXPECT_DOUBLE_EQ(loss.mean(), 9.0 / 5.0);
    EXPECT_DOUBLE_EQ(loss.perplexity(), std::exp(1.8));
    EXPECT_EQ(loss.num_tokens(), 5);
}

TEST(MeanLoss, IsNoNumberWithoutTokens)
{
    EXPECT_TRUE(std::isnan(MeanLoss{}.mean()));
}

TEST(MeanLoss, KeepsSmallTermsBesideALargeSum)
{
    MeanLoss loss;
    loss.add(1e16, 1);
    for (int i = 0; i < 1000; ++i)
        loss.add(1.0, 1);
    EXPECT_DOUBLE_EQ(loss.sum(), 1e16 + 1000.0);
}

TEST(Perplexity, OfAUniformGuessIsTheNumberOfChoices)
{
    EXPECT_DOUBLE_EQ(perplexity(std::log(49152.0)), 49152.0);
}

} // namespace
} // namespace lyceum::metrics
