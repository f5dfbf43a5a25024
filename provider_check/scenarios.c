#include "scenarios.h"

#include "scenario_answers.h"
#include "scenario_faults.h"
#include "scenario_life.h"
#include "scenario_log_lines.h"

const struct scenario scenarios[] = {
   {"load", "loaded and looked at", INPUT_EVENTS, 0, true, scenario_load},
   {"open and close", "nothing between them", INPUT_EVENTS, 0, true, scenario_open_close},
   {"life",
    "every event answered, well and badly in turn, until there is no more",
    INPUT_EVENTS,
    2,
    false,
    scenario_life},
   {"stop first", "a stop is requested before the first next", INPUT_EVENTS, 0, false, scenario_stop_first},
   {"stop while waiting", "a stop is requested while next waits", INPUT_SILENT, 0, false, scenario_stop_waiting},
   {"junk", "stdin has bytes that are no events", INPUT_JUNK, 0, false, scenario_junk},
   {"respond: empty", "a report of no bytes", INPUT_EVENTS, 0, false, scenario_respond_empty},
   {"respond: a byte", "a report of one byte", INPUT_EVENTS, 0, false, scenario_respond_byte},
   {"respond: binary",
    "a report with NUL and bytes that are not UTF-8",
    INPUT_EVENTS,
    0,
    false,
    scenario_respond_binary},
   {"respond: 6 MB", "the largest report Lambda takes", INPUT_EVENTS, 0, false, scenario_respond_large},
   {"fail: no report", "a failure without a report", INPUT_EVENTS, 0, false, scenario_fail_bare},
   {"fail: long", "a type and a message as long as they may be", INPUT_EVENTS, 0, false, scenario_fail_long},
   {"fail: 6 MB", "a failure with a large report", INPUT_EVENTS, 0, false, scenario_fail_large},
   {"init_failed", "the start failed after open", INPUT_EVENTS, 2, false, scenario_init_failed},
   {"caller_gone", "asked while an invocation is open", INPUT_EVENTS, 0, false, scenario_caller_gone},
   {"log lines", "lines long and odd, and from four threads at once", INPUT_EVENTS, 0, false, scenario_log_lines},
   {"odd option", "each option with odd values", INPUT_EVENTS, 512, true, scenario_odd_options},
   {"no memory of the host's",
    "a life in which the n-th allocate finds none",
    INPUT_EVENTS,
    200,
    false,
    scenario_host_memory},
   {"no memory",
    "a life in which the n-th malloc of its own code finds none",
    INPUT_EVENTS,
    200,
    false,
    scenario_own_memory},
   {0}};
