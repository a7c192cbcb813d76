#include "ui/panels/places.h"

#include "ui/panels/data/data_page.h"
#include "ui/panels/export/export_page.h"
#include "ui/panels/home/home_page.h"
#include "ui/panels/models/models_page.h"
#include "ui/panels/new_run/new_run_page.h"
#include "ui/panels/run/run_page.h"
#include "ui/panels/runs/runs_page.h"
#include "ui/panels/try_it/try_it_page.h"

namespace lyceum::ui {
namespace {

template <typename Page>
PlaceEntry entry(PlaceId id)
{
    return {.id = id, .make = [](Context& context) -> Place* { return new Page(context); }};
}

} // namespace

PlaceRegistry allPlaces()
{
    // One line a place, in the order of the rail.
    return {
        entry<NewRunPage>(PlaceId::NewRun), entry<HomePage>(PlaceId::Home),
        entry<DataPage>(PlaceId::Data),     entry<ModelsPage>(PlaceId::Models),
        entry<RunsPage>(PlaceId::Runs),     entry<RunPage>(PlaceId::Run),
        entry<TryItPage>(PlaceId::TryIt),   entry<ExportPage>(PlaceId::Export),
    };
}

} // namespace lyceum::ui
