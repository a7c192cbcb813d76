#include "ui/models/export_offers.h"
#include "ui/models/export_queue.h"
#include "ui/models/export_words.h"
#include "ui/models/model_server.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

/// A shell script in the place of lyceum-engine.
QString makeEngine(const QTemporaryDir& folder, const QByteArray& body)
{
    const QString path = folder.filePath(u"engine"_s);
    QFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write("#!/bin/sh\n" + body);
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

} // namespace

class TestEngineProcesses : public QObject {
    Q_OBJECT

private slots:
    void theServerIsReadyWhenItSaysWhere()
    {
        QTemporaryDir folder;
        ModelServer server(
            makeEngine(folder, "echo '{\"url\":\"http://127.0.0.1:4123\"}'\nexec sleep 60\n"),
            folder.path());
        server.load(u"tiny"_s);
        QCOMPARE(server.state(), ModelServer::State::Loading);
        QTRY_COMPARE(server.state(), ModelServer::State::Ready);
        QCOMPARE(server.url().port(), 4123);
    }

    void aModelThatCannotBeLoadedIsExplainedByTheEngine()
    {
        QTemporaryDir folder;
        ModelServer server(makeEngine(folder,
                                      "echo 'reading' >&2\n"
                                      "echo '{\"error\":{\"message\":\"No model "
                                      "tiny.\",\"hint\":\"Did you mean tony?\"}}'\nexit 1\n"),
                           folder.path());
        server.load(u"tiny"_s);
        QTRY_COMPARE(server.state(), ModelServer::State::Failed);
        QCOMPARE(server.message(), u"No model tiny."_s);
        QCOMPARE(server.hint(), u"Did you mean tony?"_s);
        QVERIFY(server.log().contains(u"reading"_s));
    }

    void anEngineThatGoesAwayIsSaidAtOnce()
    {
        QTemporaryDir folder;
        ModelServer server(
            makeEngine(folder,
                       "echo '{\"url\":\"http://127.0.0.1:4123\"}'\nsleep 0.2\nkill -9 $$\n"),
            folder.path());
        server.load(u"tiny"_s);
        QTRY_COMPARE(server.state(), ModelServer::State::Failed);
        QVERIFY(server.message().contains(u"tiny"_s));
        QVERIFY(!server.url().isValid() || server.url().isEmpty());
    }

    void aMissingEngineIsNamed()
    {
        QTemporaryDir folder;
        ModelServer server(folder.filePath(u"no-engine"_s), folder.path());
        server.load(u"tiny"_s);
        QTRY_COMPARE(server.state(), ModelServer::State::Failed);
        QVERIFY(server.message().contains(u"no-engine"_s));
    }

    void anExportTellsItsFilesAndItsProof()
    {
        QTemporaryDir folder;
        ExportJob job(makeEngine(folder,
                                 "echo 'writing 1 of 2' >&2\nmkdir -p \"$8\"\necho x > "
                                 "\"$8/config.json\"\necho \"$@\" > \"$8/asked\"\n"
                                 "echo \"{\\\"files\\\":[\\\"$8/config.json\\\"],\\\"sha256\\\":{"
                                 "\\\"$8/config.json\\\":\\\"73cb\\\"},\\\"verified\\\":true,"
                                 "\\\"max_difference\\\":0.00002,\\\"formats\\\":[{\\\"tensors\\\":"
                                 "272,\\\"probe_tokens\\\":41,\\\"same_choices\\\":40,"
                                 "\\\"limit\\\":0.001}]}\"\n"),
                      folder.path());
        const QString out = folder.filePath(u"out"_s);
        job.prepare(
            {.reference = u"run@40"_s, .format = u"gguf"_s, .dtype = u"q8_0"_s, .folder = out});
        QCOMPARE(job.state(), ExportJob::State::Waiting);
        job.start();
        QTRY_COMPARE(job.state(), ExportJob::State::Done);
        QVERIFY(job.outcome().verified);
        QCOMPARE(job.outcome().maxDifference.value(), 0.00002);
        QCOMPARE(job.outcome().limit.value(), 0.001);
        QCOMPARE(job.outcome().tensors, 272);
        QCOMPARE(job.outcome().sameChoices, 40);
        QCOMPARE(job.outcome().files.size(), 1);
        QCOMPARE(job.outcome().files.first().size, 2);
        QCOMPARE(job.outcome().files.first().sha256, u"73cb"_s);
        QCOMPARE(job.progress(), u"writing 1 of 2"_s);
        QFile asked(QDir(out).filePath(u"asked"_s));
        QVERIFY(asked.open(QIODevice::ReadOnly));
        const QString words = QString::fromUtf8(asked.readAll());
        QVERIFY(words.contains(u"--format gguf"_s));
        QVERIFY(words.contains(u"--dtype q8_0"_s));
    }

    void aFailedExportSaysWhyAndACancelledOneDoesNot()
    {
        QTemporaryDir folder;
        const ExportJob::Request request{.reference = u"run"_s,
                                         .format = u"hf"_s,
                                         .dtype = u"float32"_s,
                                         .folder = folder.filePath(u"out"_s)};
        ExportJob failing(makeEngine(folder, "echo '{\"error\":{\"message\":\"The disk is "
                                             "full.\",\"hint\":\"Free 300 MiB.\"}}'\nexit 1\n"),
                          folder.path());
        failing.prepare(request);
        failing.start();
        QTRY_COMPARE(failing.state(), ExportJob::State::Failed);
        QCOMPARE(failing.message(), u"The disk is full."_s);
        failing.prepare(request);
        QVERIFY(failing.message().isEmpty());

        ExportJob slow(makeEngine(folder, "exec sleep 60\n"), folder.path());
        slow.prepare(request);
        slow.start();
        slow.cancel();
        QTRY_COMPARE(slow.state(), ExportJob::State::Cancelled);
        QVERIFY(slow.message().isEmpty());
    }

    /// Two at once would hold the model twice in memory; one that fails must not stop the others.
    void formatsAreWrittenOneAfterTheOtherWhateverBecomesOfEach()
    {
        QTemporaryDir folder;
        ExportQueue queue(makeEngine(folder, "mkdir \"$4/busy\" || exit 9\nsleep 0.2\n"
                                             "rmdir \"$4/busy\"\n[ $6 = gguf ] && exit 1\n"
                                             "echo '{\"files\":[],\"verified\":true}'\n"),
                          folder.path(), exportFormats());
        const auto request = [&](const QString& format) {
            return ExportJob::Request{.reference = u"run"_s,
                                      .format = format,
                                      .dtype = u"float32"_s,
                                      .folder = folder.filePath(format)};
        };
        queue.start({request(u"hf"_s), request(u"gguf"_s), request(u"torch"_s)});
        QCOMPARE(queue.job(u"torch"_s).state(), ExportJob::State::Waiting);
        QTRY_VERIFY(!queue.isRunning() && queue.count(ExportJob::State::Waiting) == 0);
        QCOMPARE(queue.job(u"hf"_s).state(), ExportJob::State::Done);
        QCOMPARE(queue.job(u"gguf"_s).state(), ExportJob::State::Failed);
        QCOMPARE(queue.job(u"torch"_s).state(), ExportJob::State::Done);
        QCOMPARE(queue.job(u"adapter"_s).state(), ExportJob::State::Idle);

        queue.start({request(u"hf"_s), request(u"torch"_s)});
        queue.cancel();
        QTRY_VERIFY(!queue.isRunning());
        QCOMPARE(queue.count(ExportJob::State::Cancelled), 2);
    }

    void theEngineSaysWhatAModelCanBeWrittenAs()
    {
        QTemporaryDir folder;
        ExportOffers offers(
            makeEngine(folder, "[ $2 = broken ] && { echo '{\"error\":{\"message\":\"No model "
                               "broken.\",\"hint\":\"Choose another.\"}}'; exit 1; }\n"
                               "echo '{\"model\":\"run\",\"base_model\":\"org/base\",\"formats\":[{"
                               "\"format\":\"gguf\",\"dtypes\":[{\"dtype\":\"q8_0\",\"size_bytes\":"
                               "142000000}]},{\"format\":\"adapter\",\"dtypes\":[],\"problem\":"
                               "\"run has no adapter\",\"hint\":\"Train with LoRA.\"}]}'\n"),
            folder.path());
        offers.ask(u"run"_s);
        QTRY_COMPARE(offers.state(), ExportOffers::State::Ready);
        QCOMPARE(offers.baseModel(), u"org/base"_s);
        QCOMPARE(offers.offer(u"gguf"_s)->dtypes.first().sizeBytes, 142000000ULL);
        QCOMPARE(offers.offer(u"adapter"_s)->problem, u"run has no adapter"_s);
        QVERIFY(offers.offer(u"torch"_s) == nullptr);
        offers.ask(u"broken"_s);
        QVERIFY(offers.offer(u"gguf"_s) == nullptr); // of another model
        QTRY_COMPARE(offers.state(), ExportOffers::State::Failed);
        QCOMPARE(offers.message(), u"No model broken."_s);
    }

    /// A folder called "it's 1/2" or "C:\" must not break what people paste.
    void linesToCopyQuoteTheirPaths()
    {
        QCOMPARE(shellQuoted(u"/tmp/it's here"_s), u"'/tmp/it'\\''s here'"_s);
        QCOMPARE(pythonQuoted(u"/tmp/\"a\\b\""_s), u"\"/tmp/\\\"a\\\\b\\\"\""_s);
        const auto lines = exportSnippets(u"gguf"_s, u"/x/gguf"_s, u"Fractions Tutor"_s, {}, true);
        QVERIFY(lines.first().text.contains(u"ollama create fractions-tutor -f Modelfile"_s));
    }
};

QTEST_GUILESS_MAIN(TestEngineProcesses)
#include "tst_engine_processes.moc"
