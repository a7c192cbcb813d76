#pragma once

namespace lyceum::ui {

/// Makes screen readers see a LinePlot as a chart with its series as children. Once a process;
/// calling it again does nothing.
void installPlotAccessibility();

} // namespace lyceum::ui
