#pragma once

#include "ui/models/dataset_list_model.h"
#include "ui/models/record_problem_model.h"
#include "ui/models/record_table_model.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <optional>

namespace lyceum::ui {

/// What the Data page shows: the datasets, one of them or a chosen file, and its records, read off
/// the GUI thread. GUI thread only.
class DataBrowser final : public QObject {
    Q_OBJECT

public:
    enum class State {
        Loading, ///< Reading the list or a file.
        Empty,   ///< No dataset at all.
        Ready,
        Failed ///< error() says why; the list is still usable.
    };

    explicit DataBrowser(std::filesystem::path workspace, QObject* parent = nullptr);

    /// Reads the list of datasets again and stays on the one shown.
    void refresh();
    void selectDataset(const QString& name, int split = 0);
    void selectSplit(int split); ///< Position in dataset()->splits.
    void openFile(const QString& path);
    /// Stops waiting for a file: what was shown before comes back.
    void cancel();

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const Error& error() const { return *error_; } ///< In Failed only.
    [[nodiscard]] const QString& loadingFile() const { return loadingFile_; }
    [[nodiscard]] const data::DatasetInfo* dataset() const; ///< Null while a file is shown.
    [[nodiscard]] int split() const { return split_; }
    [[nodiscard]] const QString& filePath() const
    {
        return filePath_;
    }                                                           ///< Of an opened file; else empty.
    [[nodiscard]] const QString& card() const { return card_; } ///< Markdown.
    /// What `data.train` of a run says to use what is shown; empty when it cannot be used.
    [[nodiscard]] QString reference() const;

    [[nodiscard]] DatasetListModel& datasets() { return datasets_; }
    [[nodiscard]] RecordTableModel& records() { return records_; }
    [[nodiscard]] RecordProblemModel& problems() { return problems_; }

signals:
    void changed();

private:
    void showSplit();
    void readFile(const std::filesystem::path& path);
    void fileRead(const Result<data::RecordFile>& file);
    void setState(State state);
    void fail(const Error& error);

    std::filesystem::path workspace_;
    DatasetListModel datasets_;
    RecordTableModel records_;
    RecordProblemModel problems_;
    State state_ = State::Loading;
    std::optional<Error> error_;
    QString name_; ///< Of the dataset shown; empty while a file is.
    QString filePath_;
    QString card_;
    QString loadingFile_;
    int split_ = 0;
    int reading_ = 0; ///< Counts readings, so that an overtaken one is dropped.
};

} // namespace lyceum::ui
