foreach(module address_traffic checks cold_start deployment dropped_advice expectations keep_alive options record_match report_reading slow_look slow_verdict steady_connections storm_verdict story)
  faas_drill_unit(${module} faas_drill_run)
endforeach()
target_link_libraries(test_drill.record_match PRIVATE faas_test_short_memory)
target_link_options(
  test_drill.checks PRIVATE
  "LINKER:--wrap=deployment_front,--wrap=front_count_documents,--wrap=front_writes,--wrap=front_record_is_complete")
