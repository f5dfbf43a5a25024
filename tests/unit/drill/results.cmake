faas_drill_unit(results faas_drill_results)
faas_drill_unit(text faas_drill_results)

faas_drill_unit(table faas_drill_results)
target_sources(test_drill.table PRIVATE "${PROJECT_SOURCE_DIR}/tests/drill/support/sample_results.c")
target_include_directories(test_drill.table PRIVATE "${PROJECT_SOURCE_DIR}/tests/drill/support")
