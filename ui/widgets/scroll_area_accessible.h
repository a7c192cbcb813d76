#pragma once

namespace lyceum::ui {

/// Gives scroll areas an accessible interface that answers for a child that is no longer there. Qt
/// 6.4's own reads beyond its list when a screen reader asks for a scroll bar that has just been
/// hidden, and the program ends. Needs a QApplication; calling it again does nothing.
void installScrollAreaAccessibility();

} // namespace lyceum::ui
