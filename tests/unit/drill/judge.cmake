faas_drill_unit(backoff faas_drill_judge)

add_library(faas_judge_case STATIC judge_case.c)
target_include_directories(faas_judge_case PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(faas_judge_case PUBLIC faas_drill_judge faas_test_support PRIVATE faas::warnings)
foreach(module judge judge_handshake judge_heartbeats judge_report judge_retries)
  faas_drill_unit(${module} faas_judge_case)
endforeach()
