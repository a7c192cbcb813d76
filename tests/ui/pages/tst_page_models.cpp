#include "ui/models/dataset_list_model.h"
#include "ui/models/model_choices.h"
#include "ui/models/model_table_model.h"
#include "ui/models/record_problem_model.h"
#include "ui/models/record_table_model.h"
#include "ui/models/run_draft.h"
#include "ui/models/run_estimate.h"
#include "ui/models/run_table_model.h"
#include "ui/models/sse_parser.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace lyceum;
using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

std::shared_ptr<const data::RecordFile> manyRecords(int count)
{
    auto file = std::make_shared<data::RecordFile>();
    for (int i = 0; i < count; ++i) {
        data::Record record;
        record.line = static_cast<std::size_t>(i) + 1;
        record.messages = {{"user", "What is " + std::to_string(i) + " + 1?"},
                           {"assistant", "Answer: " + std::to_string(i + 1)}};
        file->records.push_back(std::move(record));
    }
    return file;
}

store::RunRow makeRun(store::RunId id, std::string name, store::RunStatus status)
{
    store::RunRow run;
    run.id = id;
    run.name = std::move(name);
    run.status = status;
    run.base_model = "smollm2-135m-instruct";
    run.dataset = "fractions-tutor";
    run.method = "lora";
    run.created_at = 1.7e9 + static_cast<double>(id);
    run.total_steps = 400;
    run.step = 120;
    return run;
}

} // namespace

class TestPageModels : public QObject {
    Q_OBJECT

private slots:
    void recordsAreHandedOutInLots()
    {
        RecordTableModel model; // without the tester, which fetches everything at once
        model.setFile(manyRecords(RecordTableModel::kLot + 20));
        QCOMPARE(model.rowCount(), RecordTableModel::kLot);
        QVERIFY(model.canFetchMore({}));
        model.fetchMore({});
        QCOMPARE(model.rowCount(), RecordTableModel::kLot + 20);
        QVERIFY(!model.canFetchMore({}));
    }

    void recordsFilterByAllWordsInAnyOrderAndCase()
    {
        RecordTableModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.setFile(manyRecords(50));
        model.setFilter(u"8 WHAT"_s);
        QCOMPARE(model.numMatches(), 10); // asked: 8, 18, ... 48; answered: 7, 17, ... 47
        model.setFilter(u"nowhere"_s);
        QCOMPARE(model.rowCount(), 0);
        model.setFilter({});
        QCOMPARE(model.rowCount(), 50);
    }

    void problemsAreCopiedWithTheirPlaceAndRepair()
    {
        RecordProblemModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.setProblems({{.file = "lesson.jsonl",
                            .line = 4,
                            .field = "messages",
                            .problem = "is empty.",
                            .repair = "Add a turn."}});
        QCOMPARE(model.asText(), u"lesson.jsonl:4: messages: is empty. Add a turn.\n"_s);
    }

    void aRefreshKeepsTheRowsOfRunsThatStay()
    {
        RunTableModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.setRuns({makeRun(2, "b", store::RunStatus::Running),
                       makeRun(1, "a", store::RunStatus::Finished)});
        const QPersistentModelIndex kept = model.index(1, RunTableModel::NameColumn);
        model.setRuns({makeRun(3, "c", store::RunStatus::Queued),
                       makeRun(1, "a", store::RunStatus::Finished)});
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data().toString(), u"a"_s);
        QCOMPARE(model.index(0, RunTableModel::NameColumn).data().toString(), u"c"_s);
        QCOMPARE(model.rowCount(), 2);
    }

    void anUnknownLossIsADashAndSortsLast()
    {
        RunTableModel model;
        auto run = makeRun(1, "a", store::RunStatus::Running);
        model.setRuns({run});
        const auto cell = model.index(0, RunTableModel::LossColumn);
        QCOMPARE(cell.data().toString(), u"—"_s);
        QVERIFY(cell.data(RunTableModel::SortRole).toDouble() > 1e9);
    }

    void csvQuotesWhatNeedsIt()
    {
        RunTableModel model;
        auto run = makeRun(1, "a", store::RunStatus::Finished);
        run.dataset = "fractions, \"hard\"";
        model.setRuns({run});
        const QString csv = toCsv(model, {0});
        QCOMPARE(csv.count(u"\r\n"_s), 2);
        QVERIFY(csv.contains(u"\"fractions, \"\"hard\"\"\""_s));
    }

    void aRunMeansItsBestCheckpoint()
    {
        ModelChoiceModel model(ModelChoiceModel::Show::Everything);
        QAbstractItemModelTester tester(&model, kMode);
        model.setChoices(
            {{.kind = ModelChoice::Kind::Base, .reference = u"tiny"_s, .title = u"Tiny"_s},
             {.kind = ModelChoice::Kind::Best,
              .reference = u"run@40"_s,
              .run = u"run"_s,
              .step = 40},
             {.kind = ModelChoice::Kind::Last,
              .reference = u"run@50"_s,
              .run = u"run"_s,
              .step = 50,
              .isLast = true}});
        QCOMPARE(model.rowOf(u"run"_s), 1);
        QCOMPARE(model.rowOf(u"run@best"_s), 1);
        QCOMPARE(model.rowOf(u"run@last"_s), 2);
        QCOMPARE(model.rowOf(u"run@50"_s), 2);
        QCOMPARE(model.rowOf(u"tiny"_s), 0);
        QCOMPARE(model.rowOf(u"gone"_s), -1);
    }

    void modelsThatAreNotHereCannotBeChosen()
    {
        ModelTableModel model;
        QAbstractItemModelTester tester(&model, kMode);
        models::ModelSummary here;
        here.name = "here";
        here.present = true;
        models::ModelSummary gone;
        gone.name = "gone";
        model.setModels({here, gone});
        QVERIFY(model.flags(model.index(0, 0)).testFlag(Qt::ItemIsEnabled));
        QVERIFY(!model.flags(model.index(1, 0)).testFlag(Qt::ItemIsEnabled));
    }

    void datasetsCountTheRecordsOfAllSplits()
    {
        DatasetListModel model;
        QAbstractItemModelTester tester(&model, kMode);
        data::DatasetInfo info;
        info.name = "lesson";
        info.splits = {{.name = "train", .path = {}, .num_records = 30, .sha256 = {}},
                       {.name = "test", .path = {}, .num_records = 4, .sha256 = {}}};
        model.setDatasets({info});
        QVERIFY(
            model.index(0, 0).data(DatasetListModel::FactsRole).toString().startsWith(u"34 "_s));
    }

    void anEventSplitBetweenPacketsArrivesOnce()
    {
        SseParser parser;
        QVERIFY(parser.feed("data: {\"a\"").isEmpty());
        QVERIFY(parser.feed(":1}\r\n").isEmpty());
        QCOMPARE(parser.feed("\r\ndata: one\ndata: two\n\n: comment\n\n"),
                 (QByteArrayList{"{\"a\":1}", "one\ntwo"}));
    }

    void aTextThatIsNoNumberStaysAsTypedAndIsMarked()
    {
        RunDraft draft;
        QSignalSpy changed(&draft, &RunDraft::changed);
        draft.setField(u"data.train"_s, u"fractions-tutor"_s);
        QVERIFY(draft.isValid());
        draft.setField(u"optimizer.lr"_s, u"fast"_s);
        QCOMPARE(draft.field(u"optimizer.lr"_s), u"fast"_s);
        QVERIFY(draft.problemOf(u"optimizer.lr"_s) != nullptr);
        QVERIFY(!draft.isValid());
        draft.setField(u"optimizer.lr"_s, u"1e-4"_s);
        QVERIFY(draft.isValid());
        QCOMPARE(draft.config().optimizer.lr, 1e-4);
        QCOMPARE(changed.count(), 3);
    }

    void aValueOutOfRangeIsMarkedAtItsField()
    {
        RunDraft draft;
        draft.setField(u"data.train"_s, u"fractions-tutor"_s);
        draft.setField(u"optimizer.lr"_s, u"-1"_s);
        draft.setField(u"model.lora.rank"_s, u"0"_s);
        QVERIFY(draft.problemOf(u"optimizer.lr"_s) != nullptr);
        QVERIFY(draft.problemOf(u"model.lora.rank"_s) != nullptr);
    }

    void fieldsThatAChoiceMakesUselessGoBackToTheirDefaults()
    {
        RunDraft draft;
        draft.setField(u"data.train"_s, u"fractions-tutor"_s);
        QVERIFY(!draft.isUsed(u"optimizer.momentum"_s));
        draft.setField(u"optimizer.name"_s, u"sgd"_s);
        QVERIFY(draft.isUsed(u"optimizer.momentum"_s));
        draft.setField(u"optimizer.momentum"_s, u"0.8"_s);
        QVERIFY(draft.isValid());
        draft.setField(u"optimizer.momentum"_s, u"much"_s);
        draft.setField(u"optimizer.name"_s, u"adamw"_s);
        QVERIFY(draft.isValid());
        QCOMPARE(draft.field(u"optimizer.momentum"_s), u"auto"_s);
        draft.setYaml(u"data: {train: a}\noptimizer: {momentum: 0.8}\n"_s);
        QVERIFY2(!draft.yamlProblems().empty(), "in a file it stays a problem");
    }

    void formAndYamlAreOneDraft()
    {
        RunDraft draft;
        draft.setField(u"data.train"_s, u"fractions-tutor"_s);
        draft.setField(u"trainer.max_epochs"_s, u"3"_s);
        QString yaml = draft.yaml();
        QVERIFY(yaml.contains(u"max_epochs: 3"_s));
        draft.setYaml(yaml.replace(u"max_epochs: 3"_s, u"max_epochs: 5"_s));
        QCOMPARE(draft.field(u"trainer.max_epochs"_s), u"5"_s);
        draft.setYaml(u"trainer: {max_epochz: 2}"_s);
        QVERIFY(!draft.yamlProblems().empty());
        QCOMPARE(draft.field(u"trainer.max_epochs"_s), u"5"_s);
    }

    void packingFillsRowsFirstFit()
    {
        const std::vector<std::size_t> lengths{60, 50, 40, 50, 300};
        QCOMPARE(countPackedRows(lengths, 100), 3); // 60+40, 50+50, the long one cut
        QCOMPARE(countPackedRows({}, 100), 0);
    }
};

QTEST_GUILESS_MAIN(TestPageModels)
#include "tst_page_models.moc"
