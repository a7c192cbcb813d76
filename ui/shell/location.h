#pragma once

#include <QString>

namespace lyceum::ui {

/// The places of the window. Run is one run's page and stands under Runs in the rail.
enum class PlaceId : quint8 { NewRun, Home, Data, Models, Runs, Run, TryIt, Export };

/// Where the user is, precise enough to come back to.
struct Location {
    PlaceId place = PlaceId::Home;
    QString
        item;    ///< A run's, dataset's or model's name, as the place understands it; may be empty.
    QString tab; ///< A part of the page ("checkpoints"); empty: the page's own choice.
    friend bool operator==(const Location&, const Location&) = default;
};

/// Stable word for settings: "home", "run", ...
[[nodiscard]] QString placeKey(PlaceId place);
[[nodiscard]] bool placeFromKey(const QString& key, PlaceId& place);

} // namespace lyceum::ui
