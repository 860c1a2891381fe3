// The lookout over a database that answers when the test lets it.
#include "engine/http/lookout.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <stop_token>
#include <thread>

namespace migrator {
namespace {

using std::chrono::milliseconds;

class Database {
 public:
  Sight look(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const int number = ++looks_;
    changed_.notify_all();
    changed_.wait(lock, stop, [&] { return answers_ >= number; });
    return {};
  }
  void answer() {
    const std::lock_guard lock(mutex_);
    ++answers_;
    changed_.notify_all();
  }
  void wait_for_look(int number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return looks_ >= number; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int looks_ = 0;
  int answers_ = 0;
};

TEST(Lookout, ALookThatHasJustBegunIsNotOverdueByAQuestionBeforeIt) {
  Database database;
  Lookout lookout([&](const std::stop_token& stop) { return database.look(stop); }, {});
  const auto is_answered = [&] {
    return lookout.with_view([](const Lookout::View& view) { return !view.sight.error; });
  };
  EXPECT_FALSE(is_answered());
  EXPECT_FALSE(is_answered());  // and wants a second look, for which nobody waits
  std::this_thread::sleep_for(milliseconds(200));
  database.answer();
  database.wait_for_look(2);
  std::this_thread::sleep_for(milliseconds(1100));  // it is too old for who asks now
  std::latch asks(1);
  std::jthread early([&] {
    asks.count_down();
    EXPECT_FALSE(is_answered());
  });
  asks.wait();
  std::this_thread::sleep_for(milliseconds(400));
  database.answer();
  database.wait_for_look(3);
  early.join();  // in the midst of the third look
  const std::jthread answering([&] {
    std::this_thread::sleep_for(milliseconds(200));
    database.answer();
  });
  EXPECT_TRUE(is_answered());
}

}  // namespace
}  // namespace migrator
