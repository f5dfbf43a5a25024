foreach(module checks expectations options record_match steady_connections)
  faas_drill_unit(${module} faas_drill_run)
endforeach()
target_link_libraries(test_drill.record_match PRIVATE faas_test_short_memory)
target_link_options(
  test_drill.checks PRIVATE
  "LINKER:--wrap=deployment_front,--wrap=front_count_documents,--wrap=front_writes,--wrap=front_record_is_complete")
