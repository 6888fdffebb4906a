// SPDX-License-Identifier: Apache-2.0
#include "learn/files/partial_file.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace genocuda {
namespace {

// A list that only grows, so that a handler walks it without a lock; nodes are used again.
struct Node {
  std::atomic<const char*> path;
  Node* next;
};

std::atomic<int> openings{0};
std::atomic<bool> removing{false};

constexpr char kRemoved[] = "";  // in place of a path that a handler has taken
std::atomic<Node*> first_node{nullptr};

static_assert(std::atomic<const char*>::is_always_lock_free && std::atomic<Node*>::is_always_lock_free);

std::atomic<const char*>* enter(const char* path) {
  for (Node* node = first_node; node != nullptr; node = node->next) {
    const char* none = nullptr;
    if (node->path.compare_exchange_strong(none, path)) return &node->path;
  }
  auto* node = new Node{path, first_node};
  while (!first_node.compare_exchange_weak(node->next, node)) {
  }
  return &node->path;
}

[[noreturn]] void wait_for_the_end() {
  for (;;) ::pause();
}

}  // namespace

PartialFileOpening::PartialFileOpening() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  ++openings;
  if (!removing) return;
  --openings;
  wait_for_the_end();
}

PartialFileOpening::~PartialFileOpening() {
  --openings;
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

PartialFile::PartialFile(std::string path) : path_(std::move(path)), slot_(enter(path_.c_str())) {}

PartialFile::~PartialFile() {
  if (slot_ == nullptr) return;
  ::unlink(path_.c_str());
  withdraw();
}

void PartialFile::withdraw() {
  if (std::exchange(slot_, nullptr)->exchange(nullptr) == kRemoved) wait_for_the_end();  // a handler reads path_
}

int PartialFile::rename(const std::string& path) {
  withdraw();  // first: once renamed, another process may write a file of its own under path_
  if (std::rename(path_.c_str(), path.c_str()) == 0) return 0;
  const int code = errno;
  ::unlink(path_.c_str());
  return code;
}

void remove_partial_files() noexcept {
  removing = true;
  while (openings > 0) ::poll(nullptr, 0, 1);
  for (Node* node = first_node; node != nullptr; node = node->next) {
    const char* path = node->path.load();
    while (path != nullptr && !node->path.compare_exchange_weak(path, kRemoved)) {
    }
    if (path != nullptr && path != kRemoved) ::unlink(path);
  }
}

}  // namespace genocuda
