// SPDX-License-Identifier: Apache-2.0
#include "learn/files/atomic_file.h"

#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

/// Runs `body` in a process of its own, and returns what waitpid says of it.
template <typename Body>
int in_child(Body&& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(AtomicFile, WritesANewFileAndLeavesNothingElse) {
  const TemporaryFolder folder;
  AtomicFile file(folder.path("new"));
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(folder.path("new")));
  file.commit();
  EXPECT_EQ(folder.content("new"), "one two");
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(AtomicFile, KeepsTheOldContentUntilCommit) {
  const TemporaryFolder folder;
  folder.write("file", "old");
  {
    AtomicFile file(folder.path("file"));
    file.write("new");
    EXPECT_EQ(folder.content("file"), "old");
  }
  EXPECT_EQ(folder.content("file"), "old") << "not committed";
  EXPECT_EQ(folder.file_count(), 1) << "the temporary file stayed";
  write_file_atomically(folder.path("file"), "new");
  EXPECT_EQ(folder.content("file"), "new");
}

TEST(AtomicFile, ReplacesWhatWasWrittenBefore) {
  const TemporaryFolder folder;
  AtomicFile file(folder.path("new"));
  EXPECT_FALSE(file.is_written_straight());
  file.write("one two");
  file.rewrite(2, "E T");
  file.write(" three");
  file.commit();
  EXPECT_EQ(folder.content("new"), "onE Two three");
  AtomicFile straight("/dev/null");
  EXPECT_TRUE(straight.is_written_straight());
  expect_error(
      ErrorKind::input_file, [&] { straight.rewrite(0, "x"); }, "/dev/null");
}

TEST(AtomicFile, AnExceptionOfTheWriterLeavesTheOldFile) {
  const TemporaryFolder folder;
  folder.write("file", "old");
  EXPECT_THROW(write_file_atomically(folder.path("file"),
                                     [](AtomicFile& file) {
                                       file.write("half");
                                       throw std::runtime_error("stop");
                                     }),
               std::runtime_error);
  EXPECT_EQ(folder.content("file"), "old");
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(AtomicFile, AKillBeforeTheRenameLeavesTheOldFileAndTheNextWriteWorks) {
  const TemporaryFolder folder;
  folder.write("file", "old");
  const int status = in_child([&] {
    AtomicFile file(folder.path("file"));
    file.write("much longer than what follows");
    ::kill(::getpid(), SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_EQ(folder.content("file"), "old");
  EXPECT_EQ(folder.file_count(), 2) << "this test wants a left-over";
  write_file_atomically(folder.path("file"), "new");
  EXPECT_EQ(folder.content("file"), "new");
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(AtomicFile, ASignalHandlerRemovesWhatIsUnfinished) {
  const TemporaryFolder folder;
  folder.write("first", "old");
  folder.write("second", "old");
  const int status = in_child([&] {
    ::signal(SIGTERM, [](int) {
      remove_partial_files();
      ::_exit(1);
    });
    write_file_atomically(folder.path("done"), "whole");
    AtomicFile first(folder.path("first"));
    { AtomicFile given_up(folder.path("none")); }
    AtomicFile second(folder.path("second"));
    second.write("half");
    ::kill(::getpid(), SIGTERM);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_EQ(folder.content("first"), "old");
  EXPECT_EQ(folder.content("second"), "old");
  EXPECT_EQ(folder.content("done"), "whole");
  EXPECT_EQ(folder.file_count(), 3);
}

TEST(AtomicFile, ASignalHandlerMissesNoFileThatIsJustBeingMade) {
  const TemporaryFolder folder;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::signal(SIGTERM, [](int) {
        remove_partial_files();
        ::_exit(1);
      });
      std::vector<std::jthread> writers;
      for (const char* name : {"a", "b"}) {
        writers.emplace_back([path = folder.path(name)] {
          for (;;) AtomicFile file(path);
        });
      }
    }
    ::usleep(static_cast<useconds_t>(3000 + 100 * round));
    ::kill(child, SIGTERM);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(folder.file_count(), 0) << "in round " << round;
  }
}

TEST(AtomicFile, AFileSizeLimitIsAnErrorThatLeavesTheOldFile) {
  const TemporaryFolder folder;
  folder.write("file", "old");
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      write_file_atomically(folder.path("file"), std::string(5000, 'x'));
    } catch (const Error& error) {
      const std::string message = error.what();
      const bool right =
          error.kind() == ErrorKind::input_file && message.find(folder.path("file")) != std::string::npos &&
          message.find("ulimit -f") != std::string::npos && message.find(".partial") == std::string::npos;
      ::_exit(right ? 7 : 8);
    }
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(folder.content("file"), "old");
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(AtomicFile, WritesStraightToAPipe) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  PosixFile reader(folder.path("pipe"), O_RDONLY | O_NONBLOCK);  // the pipe holds what is written until it is read
  write_file_atomically(folder.path("pipe"), "through");
  std::string text(7, ' ');
  EXPECT_EQ(reader.read(std::as_writable_bytes(std::span(text))), 7u);
  EXPECT_EQ(text, "through");
  EXPECT_TRUE(std::filesystem::is_fifo(folder.path("pipe")));
}

TEST(AtomicFile, WritesOnWhereTheShellLedStandardOutput) {
  const TemporaryFolder folder;
  folder.write("out", "before ");
  const int status = in_child([&] {
    const PosixFile out(folder.path("out"), O_WRONLY | O_APPEND);
    if (::dup2(out.descriptor(), STDOUT_FILENO) < 0) ::_exit(1);
    write_file_atomically("/dev/stdout", "one ");
    write_file_atomically("/dev/fd/1", "two ");
    if (::write(STDOUT_FILENO, "after", 5) != 5) ::_exit(1);
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.content("out"), "before one two after");
  EXPECT_EQ(folder.file_count(), 1);
  expect_error(
      ErrorKind::input_file, [] { AtomicFile file("/dev/fd/987654"); }, "/dev/fd/987654");
}

TEST(AtomicFile, FollowsASymbolicLink) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("elsewhere"));
  folder.write("elsewhere/file", "old");
  std::filesystem::create_symlink("elsewhere/file", folder.path("link"));
  write_file_atomically(folder.path("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
  EXPECT_EQ(folder.content("elsewhere/file"), "new");
}

TEST(AtomicFile, ASecondWriterOfThePathIsRefused) {
  const TemporaryFolder folder;
  AtomicFile first(folder.path("file"));
  first.write("first");
  expect_error(
      ErrorKind::input_file, [&] { AtomicFile second(folder.path("file")); }, folder.path("file"),
      "being written by another process");
  first.commit();
  EXPECT_EQ(folder.content("file"), "first");
}

TEST(AtomicFile, NamesWhatIsWrongWithThePath) {
  const TemporaryFolder folder;
  expect_error(
      ErrorKind::input_file, [&] { AtomicFile file(folder.path("none/file")); }, folder.path("none/file"),
      "its folder exists");
  expect_error(
      ErrorKind::input_file, [&] { AtomicFile file(folder.path()); }, folder.path(), "instead of a folder");
  expect_error(
      ErrorKind::input_file, [&] { AtomicFile file(folder.path("new/")); }, "instead of a folder");
  expect_error(
      ErrorKind::input_file, [&] { AtomicFile file(""); }, "check the path");
}

TEST(AtomicFile, WritesABareNameIntoTheWorkingFolder) {
  const TemporaryFolder folder;
  const int status = in_child([&] {
    if (::chdir(folder.path().c_str()) == 0) write_file_atomically("bare", "here");
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.content("bare"), "here");
}

TEST(PosixFile, AFullDiskIsAnErrorWithItsRemedy) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  // Not through AtomicFile: were it broken, a test run as root would replace the machine's device.
  PosixFile full("/dev/full", O_WRONLY);
  expect_error(
      ErrorKind::input_file, [&] { full.write(std::as_bytes(std::span("text"))); }, "/dev/full",
      "No space left on device", "free space");
}

TEST(PosixFile, ReadsTextOfAnySizeAndOfFilesWithoutOne) {
  const TemporaryFolder folder;
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 300000u}) {
    const std::string text(size, 'a');
    EXPECT_EQ(read_text_file(folder.write("file", text)), text);
  }
  EXPECT_NE(read_text_file("/proc/self/status").find("Pid:"), std::string::npos);
  expect_error(
      ErrorKind::input_file, [&] { read_text_file(folder.path("none")); }, folder.path("none"));
  expect_error(
      ErrorKind::input_file, [&] { read_text_file(folder.path()); }, folder.path(), "instead of a folder");
}

}  // namespace
}  // namespace genocuda
