#include "ui/panels/home/run_pill.h"

#include "ui/models/run_words.h"
#include "ui/widgets/pill.h"

namespace lyceum::ui {
namespace {

Tone toneOf(words::StateLook::Mood mood)
{
    switch (mood) {
    case words::StateLook::Mood::Neutral:
        return Tone::Neutral;
    case words::StateLook::Mood::Good:
        return Tone::Good;
    case words::StateLook::Mood::Caution:
        return Tone::Caution;
    case words::StateLook::Mood::Fault:
        return Tone::Fault;
    }
    return Tone::Neutral;
}

} // namespace

void showState(Pill& pill, const store::RunRow& run)
{
    const auto look = words::stateLook(run);
    pill.set(look.word, toneOf(look.mood), look.iconName);
}

} // namespace lyceum::ui
